/** The same port but for what is replaced; ports have methods, which a spread would lose. */
export const changed = <Port extends object>(port: Port, change: Partial<Port>): Port =>
  // A proxy is of its target's type.
  new Proxy(port, {
    get: (target, name) => {
      const found: unknown = Reflect.get(name in change ? change : target, name);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
