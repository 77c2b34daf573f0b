// What a seal says, as lines to be compared with the paper: the same as kiosk/verify/table.py makes; a test compares.
// Keys of the maps are those of jukinet/seal_facts.py. What is not in these tables must not be passed over: it throws.

const TEXT = "text";
const DATE = "date";
const WESTERN = "western"; // a foreigner's birth and the end of the stay
const SEX = "sex";

const COPY = { number: 1, date: 3, office: 12, officer: 13, pages: 14, address: 5, building: 6, head: 7 };
const KNOWN = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
const PERSONS = 9;
const REST = 10;
const WHOLE = 8;
const NATIONALITY = 14;

// In the paper's order: item, key, kind.
const ITEMS = [
  ["kana", 2, TEXT],
  ["name", 1, TEXT],
  ["latin_name", 12, TEXT],
  ["alias", 13, TEXT],
  ["former_kana", 11, TEXT],
  ["former_name", 10, TEXT],
  ["birth", 3, DATE],
  ["sex", 4, SEX],
  ["relationship", 5, TEXT],
  ["nationality", 14, TEXT],
  ["became_resident", 6, DATE],
  ["became", 19, DATE],
  ["address_since", 7, DATE],
  ["notified", 8, DATE],
  ["previous_address", 9, TEXT],
  ["status", 15, TEXT],
  ["period", 16, TEXT],
  ["expires", 17, WESTERN],
  ["card_number", 18, TEXT],
];
const SEXES = ["verify.sex.unknown", "verify.sex.male", "verify.sex.female"];

// First day -> era, and the year that counts as its first. 明治 from the solar calendar on, 6.1.1.
const ERAS = [
  ["2019-05-01", "令和", 2019],
  ["1989-01-08", "平成", 1989],
  ["1926-12-25", "昭和", 1926],
  ["1912-07-30", "大正", 1912],
  ["1873-01-01", "明治", 1868],
];

// `say(key, placeholders)` gives words. Lines are {label, value}; without a value it is the heading of a person.
export function tableOf(facts, say) {
  for (const key of facts.keys()) if (!KNOWN.has(key)) throw new RangeError("key");
  const lines = [];
  const line = (field, value) => {
    if (value) lines.push({ label: say(`verify.fact.${field}`), value: shown(value) });
  };
  const rest = facts.get(REST);
  const persons = facts.get(PERSONS) ?? [];
  for (const [field, key] of Object.entries(COPY)) {
    const value = facts.get(key);
    if (field === "pages") line(field, say("verify.sheets", { number: value ?? 1 }));
    else line(field, field === "date" ? japanese(dateText(value)) : value);
  }
  const count = say("verify.persons", { number: rest === undefined ? persons.length : rest[0] });
  line("persons", `${count} (${say(facts.get(WHOLE) ? "verify.whole" : "verify.members")})`);
  persons.forEach((person, at) => {
    lines.push({ label: say("verify.person", { number: at + 1 }), value: "" });
    const foreign = person.has(NATIONALITY);
    const known = new Set(ITEMS.map(([, key]) => key));
    for (const key of person.keys()) if (!known.has(key)) throw new RangeError("key");
    for (const [item, key, kind] of ITEMS) line(item, written(person.get(key), item === "birth" && foreign ? WESTERN : kind, say));
  });
  return lines;
}

export function isPart(facts) {
  return facts.has(REST);
}

function written(value, kind, say) {
  if (value === undefined) return "";
  if (kind === SEX) return say(SEXES[value]);
  if (kind === DATE) return japanese(dateText(value));
  if (kind === WESTERN) return western(dateText(value));
  return value;
}

// Days since 1970-01-01, or a date that no calendar has, as it was written.
function dateText(value) {
  return typeof value === "number" ? new Date(value * 86_400_000).toISOString().slice(0, 10) : (value ?? "");
}

function exact(text) {
  return /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
}

function japanese(text) {
  const found = exact(text);
  const era = found && ERAS.find(([first]) => text >= first);
  if (!era) return text;
  const year = Number(found[1]) - era[2] + 1;
  return `${era[1]}${year === 1 ? "元" : year}年${Number(found[2])}月${Number(found[3])}日`;
}

function western(text) {
  const found = exact(text);
  return found ? `${Number(found[1])}年${Number(found[2])}月${Number(found[3])}日` : text;
}

// What is neither letter, mark, number nor sign is put where it can be seen; but for the plain space, and the wide one between names.
function shown(text) {
  return String(text).replace(/[\p{C}\p{Zl}\p{Zp}]|(?![ \u3000])\p{Zs}/gu, "\ufffd");
}
