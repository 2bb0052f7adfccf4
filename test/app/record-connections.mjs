// Loaded into a host by session.test.ts (`--import`): writes down every connection that it opens, every datagram that it sends and every
// name that it looks up, one JSON line each, into the file FOLIO_TEST_CONNECTIONS.
import dgram from "node:dgram";
import dns from "node:dns";
import { appendFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";

const file = process.env.FOLIO_TEST_CONNECTIONS;
const note = (what, to) => appendFileSync(file, `${JSON.stringify({ what, to })}\n`);

/** Calls `note` before every call of a function. */
function watch(owner, name, describe) {
  const original = owner[name];
  owner[name] = function (...args) {
    note(name, describe(args));
    return Reflect.apply(original, this, args);
  };
}

watch(net.Socket.prototype, "connect", ([first]) => {
  const options = Array.isArray(first) ? first[0] : first;
  return options?.path ?? `${options?.host ?? "localhost"}:${options?.port}`;
});
for (const name of ["send", "connect", "bind"]) watch(dgram.Socket.prototype, name, (args) => JSON.stringify(args.slice(1)));
for (const name of ["lookup", "resolve", "resolve4", "resolve6"]) {
  watch(dns, name, ([host]) => String(host));
  watch(dns.promises, name, ([host]) => String(host));
}
syncBuiltinESMExports();
note("started", process.argv[1]);
