/** Countries that may be chosen at sign-up, by ISO 3166-1 code; names come from the browser. */
const CODES =
  "AR AT AU BE BG BR CA CH CL CO CY CZ DE DK EE ES FI FR GB GR HR HU IE IN IS IT JP KR LT LU LV MT MX NL NO NZ PE PL PT RO RS SE SI SK TR UA US UY ZA";

export function listCountries(): { code: string; name: string }[] {
  const names = new Intl.DisplayNames(["en"], { type: "region" });
  return CODES.split(" ")
    .map((code) => ({ code, name: names.of(code) ?? code }))
    .sort((one, other) => one.name.localeCompare(other.name));
}
