/** A browser's way through redirects, with the cookies of each host kept by path alone. */
export class RedirectWalker {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** One request; what its answer sets is kept. */
  async get(url: string): Promise<Response> {
    const { host } = new URL(url);
    const jar = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url, { redirect: "manual", headers: { cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ""] = set.split(";");
      const at = pair.indexOf("=");
      if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(set)) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  }

  /** Follows until an address that `isThere` names; its own request is not sent. */
  async walk(url: string, isThere: (url: URL) => boolean): Promise<URL> {
    let at = new URL(url);
    for (let step = 0; step < 10 && !isThere(at); step += 1) {
      const answer = await this.get(at.href);
      const text = await answer.text();
      const next = answer.headers.get("location") ?? /<a href="(?<href>[^"]+)"/.exec(text)?.[1];
      if (next === undefined) throw new Error(`Cannot go on from ${at.href}: ${text}`);
      at = new URL(next, at);
    }
    return at;
  }

  /** Of one host, as a header has them. */
  cookies(url: string): string {
    const jar = this.#cookies.get(new URL(url).host) ?? new Map<string, string>();
    return [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  forget(url: string): void {
    this.#cookies.delete(new URL(url).host);
  }
}
