/**
 * The events that one window has not taken yet. However slow it is, this stays about as large as the app's state: of what replaces
 * itself only the latest is kept, and text that is appended grows together.
 */
import type { EventName, Events } from "../../preload/api.ts";

type AnyEvent = { [Name in EventName]: { name: Name; payload: Events[Name] } }[EventName];

export type Outbox = {
  add<Name extends EventName>(name: Name, payload: Events[Name]): void;
  /** All events so far, oldest first, one JSON object `{ name, payload }` a line; empties the box. */
  take(): string;
};

export function createOutbox(): Outbox {
  /** By what they replace. Whole events are JSON at once, since main goes on changing their objects; text is still growing. */
  const events = new Map<string, string | Events["answer"]>();
  const add = (event: AnyEvent) => {
    const replace = (key: string) => {
      events.delete(key);
      events.set(key, JSON.stringify(event));
    };
    switch (event.name) {
      case "engine":
      case "safeMode":
      case "model":
      case "settings":
      case "memory":
      case "models":
      case "downloads":
      case "calibration":
      case "notice":
      case "opened":
        return replace(event.name);
      case "documents":
        for (const key of events.keys()) if (key.startsWith("document ")) events.delete(key);
        return replace(event.name);
      case "document":
        return replace(`document ${event.payload.id}`);
      case "documentRemoved":
        return replace(`document ${event.payload}`);
      case "conversationInfo":
        return replace(`conversation ${event.payload.id}`);
      case "conversationRemoved":
        return replace(`conversation ${event.payload}`);
      case "conversation":
        for (const key of events.keys()) if (key.startsWith("turn ")) events.delete(key);
        return replace(event.name);
      case "turn":
        events.delete(`turn ${event.payload.id} answer`);
        return replace(`turn ${event.payload.id}`);
      case "comparison":
        if (event.payload) events.delete(`turn ${event.payload.full.id} answer`);
        return replace(event.name);
      case "answer": {
        const key = `turn ${event.payload.turnId} answer`;
        const waiting = events.get(key);
        const text = typeof waiting === "object" ? waiting.text + event.payload.text : event.payload.text;
        events.set(key, { ...event.payload, text });
        return;
      }
      default:
        event satisfies never;
    }
  };

  return {
    add: (name, payload) => add({ name, payload } as AnyEvent),
    take() {
      const lines = [...events.values()].map((event) =>
        typeof event === "string" ? event : JSON.stringify({ name: "answer", payload: event }),
      );
      events.clear();
      return lines.map((line) => `${line}\n`).join("");
    },
  };
}
