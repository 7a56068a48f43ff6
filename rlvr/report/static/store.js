"use strict";
// Data comes by script elements, for fetch is refused on file://. Each script calls rlvr.put.
{
  const arrived = new Map();
  const asked = new Map();

  rlvr.put = (name, value) => arrived.set(name, value);

  /** A promise of the data of data/NAME.js; the file is loaded once. */
  rlvr.load = (name) => {
    if (!asked.has(name)) {
      asked.set(
        name,
        rlvr.script(`data/${name}.js`).then(() => {
          const value = arrived.get(name);
          arrived.delete(name);
          return value;
        }),
      );
    }
    return asked.get(name);
  };

  rlvr.script = (path) =>
    new Promise((resolve, reject) => {
      const element = rlvr.h("script", {
        src: path,
        onload: () => resolve(element.remove()),
        onerror: () => reject(new Error(`${path} cannot be read: is the report's folder whole?`)),
      });
      document.head.append(element);
    });
}
