// Pictures -> the text of the code in them: from a file, or from the camera until a code is seen. Frames and files stay in this page.

import { decodeQR } from "./qr/decode.js";

// Longest side in dots. The first finds most; a code that is small in the picture needs more, a blurred one less.
const SIDES = [1600, 2600, 3800, 1000];
const PAUSE = 120; // ms between two looks at the camera's picture: a code is read within a blink, and a telephone stays cool

// Throws when the file is no picture. null: no code.
export async function codeInFile(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    for (const side of SIDES) {
      const scale = Math.min(1, side / Math.max(picture.width, picture.height));
      const text = await codeIn(picture, Math.round(picture.width * scale), Math.round(picture.height * scale));
      if (text !== null) return text;
      if (scale === 1 && side >= SIDES[2]) break;
    }
    return null;
  } finally {
    picture.close();
  }
}

// Shows the camera in `video` and calls `found(text)` for the first code that `isWanted`; gives what stops it.
// Throws DOMException: NotAllowedError, NotFoundError.
export async function watch(video, isWanted, found) {
  const wish = { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } };
  const stream = await navigator.mediaDevices.getUserMedia({ video: wish, audio: false });
  let running = true;
  const stop = () => {
    running = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  video.srcObject = stream;
  await video.play();
  (async () => {
    while (running) {
      const text = video.videoWidth > 0 ? await codeIn(video, video.videoWidth, video.videoHeight) : null;
      if (running && text !== null && isWanted(text)) {
        stop();
        found(text);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  })();
  return stop;
}

const canvas = document.createElement("canvas");

async function codeIn(source, width, height) {
  const own = await byBrowser(source);
  if (own !== null) return own;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, 0, 0, width, height);
  try {
    return decodeQR(context.getImageData(0, 0, width, height));
  } catch {
    return null; // the decoder throws where there is no code
  } finally {
    context.clearRect(0, 0, width, height);
  }
}

// The browser's own reader, where there is one; it is the better one on telephones.
async function byBrowser(source) {
  if (!("BarcodeDetector" in globalThis)) return null;
  try {
    const [code] = await new BarcodeDetector({ formats: ["qr_code"] }).detect(source);
    return code?.rawValue ?? null;
  } catch {
    return null; // there in name only, as in Chromium on Linux
  }
}
