import type { ToolCall } from "./contract-client.ts";

interface Begun {
  id: string;
  name: string;
  text: string;
}

/** Tool calls put together from the pieces of a stream; a piece names its call by an index. */
export class StreamedCalls {
  readonly #calls = new Map<number, Begun>();

  begin(index: number, said: { id?: string | undefined; name?: string | undefined }): void {
    const call = this.#at(index);
    call.id += said.id ?? "";
    call.name += said.name ?? "";
  }

  add(index: number, text: string): void {
    this.#at(index).text += text;
  }

  /** Throws when the arguments of one are no JSON. */
  whole(): ToolCall[] {
    return [...this.#calls.values()].map(({ id, name, text }) => ({
      id,
      name,
      input: text === "" ? {} : JSON.parse(text),
    }));
  }

  #at(index: number): Begun {
    const found = this.#calls.get(index) ?? { id: "", name: "", text: "" };
    this.#calls.set(index, found);
    return found;
  }
}
