// A seal's text -> what a town has signed, in the browser: base45, COSE_Sign1, ES256, inflate, CBOR. docs/seal.md is the format; the
// other reader is jukinet/seal.py, and a test has both read the same. Nothing here knows the page or the network.

const PREFIX = "JK1:";
const BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const MOST_UNPACKED = 65536;
const PROTECTED = "a10126"; // {1: -7}: ES256
const SIGN1_TAG = 18;
const KEY_ID = 4;

// `reason`: prefix | form | key | signature | issuer | facts, as in jukinet/seal.py.
export class WrongSeal extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

// `owners`: Map of key id (hex) -> {town, name, jwk}; `words`: the bytes of words-1.txt. Gives {facts: Map, owner, id}, or throws WrongSeal.
export async function openSeal(text, owners, words) {
  if (!text.startsWith(PREFIX)) throw new WrongSeal("prefix");
  const { head, id, payload, signature } = parts(text.slice(PREFIX.length));
  const owner = owners.get(hex(id));
  if (owner === undefined || hex(head) !== PROTECTED) throw new WrongSeal("key");
  const key = await crypto.subtle.importKey("jwk", publicPart(owner.jwk), { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  const good = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, toBeSigned(head, payload));
  if (!good) throw new WrongSeal("signature");
  let facts;
  try {
    facts = decodeCbor(await inflate(payload, words));
  } catch {
    throw new WrongSeal("facts");
  }
  if (!(facts instanceof Map)) throw new WrongSeal("facts");
  if (facts.get(2) !== Number(owner.town)) throw new WrongSeal("issuer");
  return { facts, owner, id: hex(new Uint8Array(await crypto.subtle.digest("SHA-256", payload))) };
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function publicPart({ kty, crv, x, y }) {
  return { kty, crv, x, y };
}

function parts(text) {
  let message;
  try {
    message = decodeCbor(decodeBase45(text));
  } catch {
    throw new WrongSeal("form");
  }
  if (message?.tag !== SIGN1_TAG || !Array.isArray(message.value) || message.value.length !== 4) throw new WrongSeal("form");
  const [head, loose, payload, signature] = message.value;
  const id = loose instanceof Map ? loose.get(KEY_ID) : undefined;
  const whole = [head, id, payload, signature].every((part) => part instanceof Uint8Array);
  if (!whole || signature.length !== 64) throw new WrongSeal("form");
  return { head, id, payload, signature };
}

// Sig_structure of RFC 9052, 4.4: ["Signature1", protected, h'', payload].
function toBeSigned(head, payload) {
  const context = new TextEncoder().encode("Signature1");
  return join([[0x84, 0x60 + context.length], context, byteString(head), [0x40], byteString(payload)]);
}

function byteString(bytes) {
  const n = bytes.length;
  const start = n < 24 ? [0x40 + n] : n < 256 ? [0x58, n] : [0x59, n >> 8, n & 255];
  return join([start, bytes]);
}

function join(pieces) {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

// RFC 9285.
function decodeBase45(text) {
  const bytes = [];
  for (let at = 0; at < text.length; at += 3) {
    const digits = Array.from(text.slice(at, at + 3), (each) => BASE45.indexOf(each));
    if (digits.length === 1 || digits.includes(-1)) throw new RangeError("base45");
    const value = digits.reduce((sum, digit, place) => sum + digit * 45 ** place, 0);
    if (value > (digits.length === 3 ? 0xffff : 0xff)) throw new RangeError("base45");
    if (digits.length === 3) bytes.push(value >> 8);
    bytes.push(value & 255);
  }
  return Uint8Array.from(bytes);
}

// Browsers inflate, but take no dictionary. A stored block (RFC 1951, 3.2.4) with the words does the same: it fills the window.
async function inflate(payload, words) {
  const n = words.length;
  const stored = join([[0, n & 255, n >> 8, ~n & 255, (~n >> 8) & 255], words, payload]);
  const reader = new Blob([stored]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const pieces = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > n + MOST_UNPACKED) throw new RangeError("size");
    pieces.push(value);
  }
  return join(pieces).subarray(n);
}

// The part of RFC 8949 that seals use: whole numbers, byte and text strings, arrays, maps, true and false, tags; no indefinite lengths.
export function decodeCbor(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  function take(count) {
    if (at + count > bytes.length) throw new RangeError("end");
    at += count;
    return at - count;
  }

  function argument(low) {
    if (low < 24) return low;
    if (low === 24) return view.getUint8(take(1));
    if (low === 25) return view.getUint16(take(2));
    if (low === 26) return view.getUint32(take(4));
    throw new RangeError("argument");
  }

  function item(depth) {
    if (depth > 8) throw new RangeError("depth");
    const first = view.getUint8(take(1));
    const major = first >> 5;
    const n = major === 7 ? first & 31 : argument(first & 31);
    if (major === 0) return n;
    if (major === 1) return -1 - n;
    if (major === 2) return bytes.slice(take(n), at);
    if (major === 3) return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(take(n), at));
    if (major === 4) return several(n, () => item(depth + 1));
    if (major === 5) return new Map(several(n, () => [item(depth + 1), item(depth + 1)]));
    if (major === 6) return { tag: n, value: item(depth + 1) };
    if (n === 20 || n === 21) return n === 21;
    throw new RangeError("kind");
  }

  function several(n, one) {
    if (n > bytes.length) throw new RangeError("count");
    return Array.from({ length: n }, one);
  }

  const whole = item(0);
  if (at !== bytes.length) throw new RangeError("rest");
  return whole;
}
