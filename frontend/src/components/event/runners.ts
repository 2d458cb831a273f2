/** How many run, and how many were withdrawn before the start. */
export function runnersOf(field: { runners: number; withdrawn: readonly number[] }): string {
  const gone = field.withdrawn.length;
  return `${field.runners - gone} runners${gone > 0 ? `, ${gone} withdrawn` : ""}`;
}
