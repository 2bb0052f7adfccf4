/** The smallest zip writer that the tests need; `declared` and `packed` make archives that lie. */
import { crc32, deflateRawSync } from "node:zlib";

export type Entry = { path: string; data: string | Uint8Array; declared?: number; encrypted?: boolean };

export function makeZip(entries: readonly Entry[]): Uint8Array {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, data, declared, encrypted } of entries) {
    const whole = Buffer.from(data as string);
    const packed = deflateRawSync(whole);
    const name = Buffer.from(path);
    const rest = Buffer.alloc(26);
    rest.writeUInt16LE(20, 0);
    rest.writeUInt16LE(0x800 + (encrypted ? 1 : 0), 2);
    rest.writeUInt16LE(8, 4);
    rest.writeUInt32LE(crc32(whole), 10);
    rest.writeUInt32LE(packed.length, 14);
    rest.writeUInt32LE(declared ?? whole.length, 18);
    rest.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), rest, place, name);
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
