/** Files as disks, networks and people with bad intentions leave them. */

/** Every kind of damage in turn: a bit, some bytes, cut, a hole, zeros, a part twice, rubbish between, a character of markup. */
export function damage(whole: Buffer, next: () => number, kind: number): Uint8Array {
  const copy = Buffer.from(whole);
  if (copy.length === 0) return copy;
  const at = Math.floor(next() * copy.length);
  const to = Math.min(copy.length, at + Math.floor(next() * 200));
  switch (kind % 8) {
    case 0:
      copy[at]! ^= 1 << Math.floor(next() * 8);
      return copy;
    case 1:
      for (let i = 0; i < 20; i++) copy[Math.floor(next() * copy.length)] = Math.floor(next() * 256);
      return copy;
    case 2:
      return copy.subarray(0, at);
    case 3:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(to)]);
    case 4:
      return copy.fill(0, at, to);
    case 5:
      return Buffer.concat([copy.subarray(0, to), copy.subarray(at)]);
    case 6:
      return Buffer.concat([copy.subarray(0, at), Buffer.from(Array.from({ length: 50 }, () => next() * 256)), copy.subarray(at)]);
    default:
      for (let i = 0; i < 5; i++) copy[Math.floor(next() * copy.length)] = '<>&"=/;1'.charCodeAt(Math.floor(next() * 8));
      return copy;
  }
}
