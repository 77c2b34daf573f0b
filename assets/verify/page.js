// The verification page: a code by camera, picture or text -> what a town has signed, and whether it was voided.
// Of a seal nothing leaves this page but its id, the SHA-256 of what is signed, to ask for the copy's state.

import { codeInFile, watch } from "./camera.js";
import { openSeal, WrongSeal } from "./seal.js";
import { isPart, tableOf } from "./table.js";

const PREFIX = "JK1:";
const LANGUAGES = ["ja", "en"];

// State of the copy, as its town says it: what kind of verdict it is. Facts are shown unless it is bad.
const STATES = {
  printed: { kind: "good", title: "verify.state.printed", deed: "verify.state.printed.do" },
  issued: { kind: "care", title: "verify.state.issued", deed: "verify.state.issued.do" },
  unknown: { kind: "care", title: "verify.state.unknown", deed: "verify.state.unknown.do" },
  elsewhere: { kind: "care", title: "verify.state.elsewhere", deed: "verify.state.elsewhere.do" },
  unasked: { kind: "care", title: "verify.state.unasked", deed: "verify.state.unasked.do" },
  voided: { kind: "bad", title: "verify.state.voided", deed: "verify.state.voided.do" },
  absent: { kind: "bad", title: "verify.state.absent", deed: "verify.state.absent.do" },
};

const here = (id) => document.getElementById(id);
const page = { language: "ja", words: null, keys: null, dictionary: null, stopCamera: null, show: () => {} };

function say(key, placeholders = {}) {
  const words = page.words[page.language][key];
  if (words === undefined) throw new RangeError(key);
  return words.replace(/\{(\w+)\}/g, (_, name) => placeholders[name]);
}

// -- words --------------------------------------------------------------------------------------------------------------

function speak(language) {
  page.language = language;
  document.documentElement.lang = language;
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === language));
  }
  for (const part of document.querySelectorAll("[data-words]")) part.textContent = say(part.dataset.words);
  for (const part of document.querySelectorAll("[data-label]")) part.setAttribute("aria-label", say(part.dataset.label));
  document.title = say("verify.page.title");
  here("town").textContent = page.keys.name;
  page.show();
}

// -- results ------------------------------------------------------------------------------------------------------------

// `draw` is done again when the language changes.
function show(draw) {
  page.show = draw;
  draw();
}

function tell(key) {
  show(() => {
    here("result").hidden = true;
    here("status").textContent = key === "" ? "" : say(key);
  });
}

function conclude({ kind, title, deed, placeholders = {}, facts = null }) {
  show(() => {
    here("status").textContent = "";
    here("result").dataset.kind = kind;
    here("verdict").textContent = say(title, placeholders);
    here("deed").textContent = deed === undefined ? "" : say(deed, placeholders);
    draw(facts);
    here("result").hidden = false;
  });
  here("result").focus();
  here("result").scrollIntoView({ block: "start" });
}

function draw(facts) {
  const table = here("facts");
  for (const body of [...table.tBodies]) body.remove();
  table.hidden = facts === null;
  here("notes").replaceChildren();
  if (facts === null) return;
  let body = table.createTBody();
  for (const { label, value } of tableOf(facts, say)) {
    if (value === "") body = table.createTBody();
    const row = body.insertRow();
    const head = document.createElement("th");
    head.textContent = label;
    head.scope = value === "" ? "rowgroup" : "row";
    row.append(head);
    if (value === "") head.colSpan = 2;
    else row.insertCell().textContent = value;
  }
  const notes = isPart(facts) ? ["verify.rest", "verify.numbers"] : ["verify.numbers"];
  for (const note of notes) {
    const paragraph = document.createElement("p");
    paragraph.textContent = say(note);
    here("notes").append(paragraph);
  }
}

// -- checking -----------------------------------------------------------------------------------------------------------

async function check(text) {
  try {
    const { facts, owner, id } = await openSeal(text, page.keys.owners, page.dictionary);
    tableOf(facts, say); // throws what it does not know
    tell("verify.page.asking");
    const state = owner.town === page.keys.town ? await stateOf(id) : "elsewhere";
    const verdict = STATES[state];
    conclude({ ...verdict, placeholders: { town: owner.name }, facts: verdict.kind === "bad" ? null : facts });
  } catch (error) {
    const reason = error instanceof WrongSeal ? error.reason : "facts";
    conclude({ kind: "bad", title: `verify.wrong.${reason}`, deed: `verify.wrong.${reason}.do` });
  }
}

async function stateOf(id) {
  try {
    const answer = await fetch("/verify/status", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ seal: id }),
    });
    const { status } = answer.ok ? await answer.json() : {};
    return status in STATES ? status : "unasked";
  } catch {
    return "unasked";
  }
}

async function checkPicture(file) {
  tell("verify.page.reading");
  let text;
  try {
    text = await codeInFile(file);
  } catch {
    return conclude({ kind: "care", title: "verify.unread.picture", placeholders: { source: file.name } });
  }
  return text === null ? conclude({ kind: "care", title: "verify.unread.none" }) : check(text);
}

// -- the camera ---------------------------------------------------------------------------------------------------------

async function openCamera() {
  closeCamera();
  tell("");
  here("camera-start").hidden = true;
  here("camera-open").hidden = false;
  here("camera-stop").focus();
  try {
    page.stopCamera = await watch(here("video"), (text) => text.startsWith(PREFIX), (text) => {
      closeCamera();
      check(text);
    });
  } catch (error) {
    closeCamera();
    conclude({ kind: "care", title: error.name === "NotAllowedError" ? "verify.page.camera.denied" : "verify.page.camera.missing" });
  }
}

function closeCamera() {
  page.stopCamera?.();
  page.stopCamera = null;
  here("camera-open").hidden = true;
  here("camera-start").hidden = false;
}

// -- beginning ----------------------------------------------------------------------------------------------------------

async function load(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(path);
  return answer;
}

async function begin() {
  page.words = await (await load("/verify/words")).json();
  const [keys, dictionary] = await Promise.all([load("/verify/keys"), load("/verify/dictionary")]);
  const { town, name, keys: list } = await keys.json();
  page.keys = { town, name, owners: new Map(list.map((key) => [key.id, key])) };
  page.dictionary = new Uint8Array(await dictionary.arrayBuffer());

  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => speak(button.dataset.language));
  }
  here("camera-start").addEventListener("click", openCamera);
  here("camera-stop").addEventListener("click", () => {
    closeCamera();
    here("camera-start").focus();
  });
  here("picture").addEventListener("change", ({ target }) => {
    closeCamera();
    if (target.files.length > 0) checkPicture(target.files[0]);
    target.value = ""; // the same file again is a change, too
  });
  here("form").addEventListener("submit", (event) => {
    event.preventDefault();
    closeCamera();
    check(here("text").value.replace(/[\r\n\t]/g, "").trim());
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) closeCamera();
  });

  const wanted = navigator.languages.map((each) => each.slice(0, 2)).find((each) => LANGUAGES.includes(each));
  speak(wanted ?? "ja");
  here("camera").hidden = !("mediaDevices" in navigator);
  if (!globalThis.isSecureContext) tell("verify.page.insecure");
  document.documentElement.dataset.ready = "";
}

begin().catch(() => {
  if (page.words !== null) return tell("verify.page.failed");
  here("status").textContent = "読み込めませんでした。 This page could not be loaded.";
  return undefined;
});
