import { createElement, StrictMode, type ReactElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import type { Answer } from "@sekisho/client/answer.ts";
import { useAnswer, type AnswerView } from "@sekisho/client/react/use-answer.ts";
import { SekishoClient, type ClientOptions } from "@sekisho/client/sekisho-client.ts";
import type { ClientLook } from "./client-look.ts";

const states: string[] = [];
let client: SekishoClient | null = null;
let answer: Answer | null = null;
let view: AnswerView | null = null;
let root: Root | null = null;

const asking = (content: string) => ({
  model: "sole",
  messages: [{ role: "user", content }],
});

const opened = (): SekishoClient => {
  if (client === null) throw new Error("Cannot ask: the page has no client yet");
  return client;
};

function Shown(): ReactElement {
  view = useAnswer(opened());
  return createElement("output", { id: "answer", "data-state": view.state }, view.text);
}

/** The program of a page in a browser: what a test of it may say there. */
const page = {
  open(options: ClientOptions): void {
    const made = new SekishoClient(options);
    made.onStateChange(() => states.push(made.state));
    client = made;
  },
  start(content: string): void {
    answer = opened().start(asking(content));
  },
  cancel: (): void => answer?.cancel(),
  look: (): ClientLook => ({
    text: answer?.text ?? "",
    state: answer?.state ?? "none",
    response: answer?.response ?? null,
    error: answer?.error?.code ?? null,
    states,
  }),
  mount(place: HTMLElement): void {
    root = createRoot(place);
    root.render(createElement(StrictMode, null, createElement(Shown)));
  },
  ask(content: string): void {
    answer = view?.start(asking(content)) ?? null;
  },
  unmount: (): void => root?.unmount(),
};

Object.assign(globalThis, { page });
