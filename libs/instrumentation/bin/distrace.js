#!/usr/bin/env node
// Not dist/cli/main.js itself: npm links a command only if its file is there when it installs, before the first build.
import '../dist/cli/main.js';
