import type { Method } from '../method.ts';
import { chatMethods } from './chat.ts';
import { fileMethods } from './files.ts';
import { historyMethods } from './history.ts';
import { lookupMethods } from './lookups.ts';
import { viewMethods } from './views.ts';

/** Every Web API method the simulator knows; any other is `unknown_method`. */
export const methods = new Map<string, Method>(
  Object.entries({ ...chatMethods, ...lookupMethods, ...viewMethods, ...fileMethods, ...historyMethods }),
);
