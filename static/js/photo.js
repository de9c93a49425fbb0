// A phone's photo is made smaller before it travels. Its EXIF block goes along (time and place are evidence of a staff
// photo; the server drops them for the public), with the orientation set to upright, since the pixels are turned here.

const EDGE = 1600, QUALITY = 0.82, SMALL = 600 * 1024;

/** A JPEG of at most EDGE pixels on its longer side; the file itself where it is small already or cannot be read. */
export async function shrink(file) {
  if (!file.type.startsWith("image/") || file.size < SMALL) return file;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file; // a format this browser does not know: the server decides
  }
  const scale = Math.min(1, EDGE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const made = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!made) return file;
  const exif = upright(findExif(new Uint8Array(await file.slice(0, 256 * 1024).arrayBuffer())));
  const parts = exif ? [made.slice(0, 2), exif, made.slice(2)] : [made];
  return new File(parts, file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg", lastModified: file.lastModified });
}

/** The APP1 segment that begins with "Exif", marker and length included; null if there is none. */
export function findExif(bytes) {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  for (let at = 2; at + 4 < bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda; ) {
    const length = 2 + bytes[at + 2] * 256 + bytes[at + 3];
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (bytes[at + 1] === 0xe1 && name === "Exif") return at + length <= bytes.length ? bytes.slice(at, at + length) : null;
    at += length;
  }
  return null;
}

function upright(exif) {
  if (!exif) return null;
  const view = new DataView(exif.buffer, 10); // TIFF header after marker, length and "Exif\0\0"
  const little = view.getUint16(0) === 0x4949;
  const table = view.getUint32(4, little);
  for (let entry = 0; entry < view.getUint16(table, little); entry++) {
    const at = table + 2 + entry * 12;
    if (view.getUint16(at, little) === 0x0112) view.setUint16(at + 8, 1, little);
  }
  return exif;
}

/** Make every file of <input type="file" data-shrink> small as soon as it is chosen. */
export function watch(input, show) {
  input.addEventListener("change", async () => {
    const small = await Promise.all([...input.files].map(shrink));
    const carrier = new DataTransfer();
    for (const file of small) carrier.items.add(file);
    input.files = carrier.files;
    show?.(small);
  });
}

/** Small pictures of what was chosen, in place of what the strip showed. */
export function thumbnails(strip, files) {
  strip?.replaceChildren(...files.map((file) => {
    const frame = document.createElement("span"), image = document.createElement("img");
    frame.className = "tmb";
    image.src = URL.createObjectURL(file);
    image.alt = file.name;
    image.onload = () => URL.revokeObjectURL(image.src);
    frame.append(image);
    return frame;
  }));
}
