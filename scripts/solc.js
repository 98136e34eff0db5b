#!/usr/bin/env node
// The pinned npm solc behind the two options of the native compiler that our tools use: --version and --standard-json.
// The paths that forge names besides are not needed: its input holds the sources.
// npm's own solcjs prints a banner on stdout, which breaks whoever parses the JSON.
"use strict";

const fs = require("fs");
const solc = require("solc");

const options = process.argv.slice(2);
if (options.includes("--version")) {
  fs.writeSync(1, `solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
} else if (options.includes("--standard-json")) {
  // A pipe takes 64 KiB at a time: process.stdout.write buffers the rest, and the process ends once it is drained.
  process.stdout.write(solc.compile(fs.readFileSync(0, "utf8")));
} else {
  process.stderr.write(`solc.js knows --version and --standard-json, not ${options.join(" ")}\n`);
  process.exitCode = 1;
}
