/** The smallest zip writer that the tests need. `declared` makes archives that lie, `mode` links (0o120777), `shares` entries on the data of another one. */
import { crc32, deflateRawSync } from "node:zlib";

export type Entry = { path: string; data: string | Uint8Array; declared?: number; encrypted?: boolean; mode?: number; shares?: number };

export function makeZip(entries: readonly Entry[]): Uint8Array {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  const contents: { whole: Buffer; packed: Buffer; sum: number }[] = [];
  let offset = 0;
  for (const { path, data, declared, encrypted, mode = 0, shares } of entries) {
    const content = shares === undefined ? pack(data) : contents[shares]!;
    contents.push(content);
    const { whole, packed, sum } = content;
    const name = Buffer.from(path);
    const rest = Buffer.alloc(26);
    rest.writeUInt16LE(20, 0);
    rest.writeUInt16LE(0x800 + (encrypted ? 1 : 0), 2);
    rest.writeUInt16LE(8, 4);
    rest.writeUInt32LE(sum, 10);
    rest.writeUInt32LE(packed.length, 14);
    rest.writeUInt32LE(declared ?? whole.length, 18);
    rest.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE((mode << 16) >>> 0, 6);
    offsets.push(shares === undefined ? offset : offsets[shares]!);
    place.writeUInt32LE(offsets.at(-1)!, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x03", "latin1"), rest, place, name);
    if (shares !== undefined) continue;
    const file = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), rest, name, packed]);
    files.push(file);
    offset += file.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, list, end]);
}

function pack(data: string | Uint8Array) {
  const whole = Buffer.from(data as string);
  return { whole, packed: deflateRawSync(whole), sum: crc32(whole) };
}
