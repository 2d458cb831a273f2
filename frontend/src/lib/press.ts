/** A button whose meaning changes as it is pressed: the second press of a double click was meant for what it said at the first. */
export function onPress(act: () => unknown): (event: MouseEvent) => void {
  return (event) => {
    if (event.detail < 2) void act();
  };
}
