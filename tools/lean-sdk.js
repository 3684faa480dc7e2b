// The Pulumi SDK loads, at its very start, parts that this project never uses: the TypeScript compiler and npm's own resolver (to send
// functions to a cloud) and the Automation API (to drive the CLI). They are three quarters of the time of its import and half of its
// memory. Here each is loaded when something first asks for one of its members; nobody can tell the difference but by the clock
// (`npm run bench` prints it).
"use strict";
const Module = require("node:module");
const path = require("node:path");

const LATE = new Set(["typescript", "@npmcli/arborist", "./automation"]);
const SDK = path.join("node_modules", "@pulumi", "pulumi") + path.sep;

const load = Module._load;
Module._load = function loadLate(request, parent, isMain) {
  if (!LATE.has(request) || !parent?.filename?.includes(SDK)) return load.call(this, request, parent, isMain);
  let loaded;
  const real = () => (loaded ??= load.call(Module, request, parent, isMain));
  return new Proxy(
    {},
    {
      // To code that was compiled from TypeScript, this says: take the module as it is, do not copy its members.
      get: (_, key) => (key === "__esModule" ? true : Reflect.get(real(), key)),
      set: (_, key, value) => Reflect.set(real(), key, value),
      has: (_, key) => Reflect.has(real(), key),
      ownKeys: () => Reflect.ownKeys(real()),
      getOwnPropertyDescriptor: (_, key) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(real(), key);
        // A proxy may only show members that its own target could have.
        return descriptor && { ...descriptor, configurable: true };
      },
    },
  );
};
