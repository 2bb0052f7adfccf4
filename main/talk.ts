/** The open conversation: which one it is, its questions and their answers, saved as they come. */
import { randomUUID } from "node:crypto";
import type { Conversation, Extent, PromptCount, Turn } from "../preload/api.ts";
import type { ReadingAhead } from "./ahead.ts";
import { type Asker, pastTurns } from "./asker.ts";
import { answerFromFullCache } from "./compare.ts";
import { EngineError } from "./engine/errors.ts";
import { titleOf } from "./library/conversations.ts";
import { type Insertion, withPlacesMoved } from "./library/insertion.ts";
import type { Library } from "./library/library.ts";
import { type LiveState, plainError } from "./state.ts";

export class Talk {
  readonly #state: LiveState;
  readonly #library: Library;
  readonly #asker: Asker;
  readonly #ahead: ReadingAhead;
  /** Aborts what is answered now. */
  readonly #current = new Set<AbortController>();
  #closed = false;

  constructor(state: LiveState, library: Library, asker: Asker, ahead: ReadingAhead) {
    this.#state = state;
    this.#library = library;
    this.#asker = asker;
    this.#ahead = ahead;
  }

  /** Shows the list, and what was open last; nothing is read before a person does something. */
  load(): void {
    const { now } = this.#state;
    const { conversations } = this.#library;
    now.conversations = conversations.list();
    const open = conversations.lastOpen;
    if (open === null) return;
    if ("conversation" in open) now.conversation = conversations.get(open.conversation);
    else if (open.documents.length > 0 && open.documents.every((id) => this.#state.document(id)))
      now.conversation = fresh(open.documents, open.extent);
  }

  /** Begins a conversation; it is kept from its first question on. */
  begin(documentIds: string[]): void {
    if (documentIds.length === 0 || documentIds.some((id) => this.#state.document(id)?.phase !== "ready")) throw gone();
    const open = this.#state.now.conversation;
    if (open && open.turns.length === 0 && open.documentIds.join() === documentIds.join()) return;
    this.#library.conversations.setLastOpen({ documents: documentIds });
    this.#show(fresh(documentIds));
  }

  /** Opens one of the list. @throws LibraryError when it is not there */
  open(id: string): void {
    if (this.#state.now.conversation?.id === id) return;
    const conversation = this.#library.conversations.get(id);
    this.#library.conversations.setLastOpen({ conversation: id });
    this.#show(conversation);
  }

  /** Adds a document behind the others. */
  addDocument(id: string): void {
    const conversation = this.#present();
    const document = this.#state.document(id);
    if (document?.phase !== "ready") throw gone();
    if (conversation.documentIds.includes(id)) return;
    if (conversation.turns.some(isRunning)) throw busy();
    const changed = { ...conversation, documentIds: [...conversation.documentIds, id] };
    if (this.#library.conversations.info(conversation.id)) this.#library.conversations.addDocument(conversation.id, id, document.name);
    else this.#library.conversations.setLastOpen({ documents: changed.documentIds, extent: changed.extent });
    this.#show(changed);
    this.#tellInfo(conversation.id);
  }

  /** What the open conversation's model is given from now on. */
  changeExtent(extent: Extent): void {
    const conversation = this.#present();
    if (conversation.turns.some(isRunning)) throw busy();
    this.#refuseMissing(conversation.documentIds);
    if (this.#library.conversations.info(conversation.id)) this.#library.conversations.setExtent(conversation.id, extent);
    else this.#library.conversations.setLastOpen({ documents: conversation.documentIds, extent });
    this.#show({ ...conversation, extent });
  }

  rename(id: string, title: string): void {
    this.#library.conversations.rename(id, title);
    this.#tellInfo(id);
  }

  /** In the place of an open one comes an empty one about the same documents. */
  remove(id: string): void {
    const { now } = this.#state;
    if (now.conversation?.id === id) {
      const documentIds = now.conversation.documentIds.filter((documentId) => this.#state.document(documentId)?.phase === "ready");
      this.#show(documentIds.length > 0 ? fresh(documentIds) : null);
      this.#library.conversations.setLastOpen({ documents: documentIds });
    }
    this.#library.conversations.remove(id, Date.now());
    now.conversations = now.conversations.filter((known) => known.id !== id);
    this.#state.emit("conversationRemoved", id);
  }

  restore(id: string): void {
    this.#library.conversations.restore(id);
    this.#tellInfo(id);
  }

  /**
   * Asks in the place of a turn: in a new conversation that begins with the turns before it, and leaves the old one as it is. A last turn
   * that came to no words at all is replaced: nothing is lost with it.
   */
  branch(turnId: string, question: string): string {
    const conversation = this.#present();
    const at = conversation.turns.findIndex(({ id }) => id === turnId);
    const turn = conversation.turns[at];
    if (!turn) throw new EngineError("nothing-to-read", "This question is not there any more.");
    if (conversation.turns.some(isRunning)) throw busy();
    this.#refuseMissing(conversation.documentIds);
    const before = conversation.turns.slice(0, at);
    if (at === conversation.turns.length - 1 && turn.answer.trim() === "") {
      this.#library.conversations.removeTurn(turnId);
      this.#state.set("conversation", { conversation: { ...conversation, turns: before } });
      return this.ask(question);
    }
    const branch = {
      ...fresh(conversation.documentIds, conversation.extent),
      turns: before.map((past) => ({ ...past, id: randomUUID() })),
    };
    const title = this.#library.conversations.info(conversation.id)?.title ?? "";
    this.#save(branch, question.trim() === turn.question ? title : titleOf(question), conversation.id);
    this.stop();
    this.#state.set("conversation", { conversation: branch });
    return this.ask(question);
  }

  async countPrompt(question: string): Promise<PromptCount> {
    const { documentIds, extent, turns } = this.#present();
    this.#refuseMissing(documentIds);
    if (question.trim() !== "" && this.#current.size === 0) void this.#ahead.readWhileTyping();
    return await this.#asker.countPrompt({ documentIds, extent, history: pastTurns(turns), question });
  }

  /** Begins a turn, which is saved once this returns its id. */
  ask(text: string): string {
    const conversation = this.#present();
    this.#refuseMissing(conversation.documentIds);
    if (conversation.turns.some(isRunning)) throw busy();
    const turn: Turn = { id: randomUUID(), question: text.trim(), answer: "", phase: "waiting" };
    const { conversations } = this.#library;
    if (conversations.info(conversation.id)) conversations.saveTurn(conversation.id, turn, Date.now());
    else this.#save({ ...conversation, turns: [turn] }, titleOf(turn.question), null);
    this.#state.showTurn(conversation, turn);
    this.#tellInfo(conversation.id);
    void this.#answer(conversation, turn);
    return turn.id;
  }

  /** Answers a turn's question again from the full cache, as the comparison; the conversation stays as it is. */
  compare(turnId: string): void {
    const { documentIds, extent, turns } = this.#present();
    const at = turns.findIndex(({ id }) => id === turnId);
    if (turns[at]?.phase !== "done") throw new EngineError("nothing-to-read", "This answer is not there any more.");
    if (turns.some(isRunning)) throw busy();
    this.#refuseMissing(documentIds);
    const controller = new AbortController();
    this.#current.add(controller);
    const inquiry = { documentIds, extent, history: pastTurns(turns.slice(0, at)), question: turns[at].question };
    void answerFromFullCache(this.#state, this.#asker, turnId, inquiry, controller.signal).finally(() => this.#current.delete(controller));
  }

  /** Ends what is read ahead and what is answered. */
  stop(): void {
    this.#ahead.stop();
    for (const controller of this.#current) controller.abort();
  }

  /** What is being answered stays as it was last saved; the next start marks it as interrupted. */
  close(): void {
    this.#closed = true;
    this.stop();
  }

  #show(conversation: Conversation | null): void {
    this.stop();
    this.#state.set("conversation", { conversation });
    void this.#ahead.read();
  }

  #save(conversation: Conversation, title: string, branchOf: string | null): void {
    const names = conversation.documentIds.map((id) => this.#state.document(id)?.name ?? "");
    this.#library.conversations.create(conversation, title, names, branchOf, Date.now());
    this.#library.conversations.setLastOpen({ conversation: conversation.id });
  }

  #tellInfo(id: string): void {
    const info = this.#library.conversations.info(id);
    if (!info) return;
    const { conversations } = this.#state.now;
    const at = conversations.findIndex((known) => known.id === id);
    if (at >= 0) conversations[at] = info;
    else conversations.push(info);
    this.#state.emit("conversationInfo", info);
  }

  /** Text came into a document: the passages of the open conversation move along. */
  movePlaces(documentId: string, insertion: Insertion): void {
    const { conversation } = this.#state.now;
    if (!conversation?.documentIds.includes(documentId) || conversation.turns.length === 0) return;
    conversation.turns = conversation.turns.map((turn) => withPlacesMoved(turn, documentId, insertion));
    this.#state.set("conversation", { conversation });
  }

  async #answer(conversation: Conversation, turn: Turn): Promise<void> {
    const controller = new AbortController();
    this.#current.add(controller);
    const { documentIds, extent } = conversation;
    const history = pastTurns(conversation.turns.filter((past) => past !== turn));
    const base = { id: turn.id, question: turn.question };
    let answer = "";
    try {
      const onText = (text: string) => {
        if (this.#closed) return;
        if (answer === "") this.#state.showTurn(conversation, { ...base, answer, phase: "answering" });
        answer += text;
        const shown = conversation.turns.find(({ id }) => id === turn.id);
        if (shown) shown.answer = answer;
        this.#library.conversations.saveAnswer(turn.id, answer);
        if (this.#state.now.conversation === conversation) this.#state.emit("answer", { turnId: turn.id, text });
      };
      const inquiry = { documentIds, extent, history, question: turn.question };
      const answered = await this.#asker.ask(inquiry, { signal: controller.signal, onText, turnId: turn.id });
      this.#settle(conversation, { ...base, ...answered });
    } catch (error) {
      const stopped = error instanceof EngineError && error.code === "stopped";
      const said = plainError(stopped ? new EngineError("stopped", "Stopped before the answer began.") : error);
      this.#settle(conversation, { ...base, answer, phase: "failed", error: said });
    } finally {
      this.#current.delete(controller);
    }
  }

  #settle(conversation: Conversation, turn: Turn): void {
    if (this.#closed) return;
    this.#state.showTurn(conversation, turn);
    try {
      this.#library.conversations.saveTurn(conversation.id, turn, Date.now());
      this.#tellInfo(conversation.id);
    } catch (error) {
      this.#state.notice(error);
    }
  }

  #present(): Conversation {
    const { conversation } = this.#state.now;
    if (conversation === null) throw new EngineError("nothing-to-read", "There is no document to ask about: add one first.");
    return conversation;
  }

  /** A conversation outlives its documents, but cannot go on without them. */
  #refuseMissing(documentIds: readonly string[]): void {
    if (documentIds.some((id) => this.#state.document(id)?.phase !== "ready")) {
      throw new EngineError("nothing-to-read", "A document of this conversation was removed: add the same file again to go on.");
    }
  }
}

const fresh = (documentIds: string[], extent: Extent = { kind: "whole" }): Conversation => ({
  id: randomUUID(),
  documentIds,
  extent,
  turns: [],
});

const isRunning = (turn: Turn): boolean => turn.phase === "waiting" || turn.phase === "answering";

const busy = () => new EngineError("busy", "The last question is still being answered: wait for it or stop it.");
const gone = () => new EngineError("nothing-to-read", "This document is not there any more: add it again.");
