import { screen } from "@testing-library/svelte";

/** Presses a button as the keyboard does: it has the focus. */
export function press(name: string | RegExp): HTMLButtonElement {
  const button = screen.getByRole<HTMLButtonElement>("button", { name });
  button.focus();
  button.click();
  return button;
}

/** The same once it is there. */
export async function pressSoon(name: string | RegExp): Promise<HTMLButtonElement> {
  await screen.findByRole("button", { name });
  return press(name);
}
