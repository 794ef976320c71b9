import { bootSync } from './boot.js';
import { checkEdits } from './trust/check-edits.js';

bootSync(checkEdits);
