import * as z from 'zod';
import { fileSchema } from './schema.ts';

/** JSON schema of `envcheck.yaml` for editors. Draft 7: the newest that the YAML language server reads without gaps. */
export function configJsonSchema(): object {
  return z.toJSONSchema(fileSchema, { target: 'draft-7', io: 'input' });
}
