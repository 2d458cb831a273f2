/** Which ink can be read on a colour, by relative luminance (WCAG 2). */
function channel(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

export function luminance(hex: string): number {
  const digits = /^#([0-9a-f]{6})$/i.exec(hex)?.[1];
  if (!digits) return 0;
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => channel(parseInt(digits.slice(at, at + 2), 16)));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Black or white: one of them always reaches 4.5 to 1. */
export function inkOn(hex: string): string {
  return luminance(hex) > 0.179 ? "#000000" : "#ffffff";
}
