import type { Environment } from '../config/config.ts';
import type { Source } from '../spotdraft/fact.ts';
import { environmentLabel } from '../text/environment-label.ts';
import { withHiddenNamed } from '../text/hidden-differences.ts';
import type { Located } from '../workspace/names.ts';
import { type Finding, fail, pass, quoted } from './judgement.ts';

/** The finding for one required item that is looked up by its name. */
export function judgeByName<T>(
  item: { kind: string; name: string; environment: Environment; count: number; evidence: Source[] },
  located: Located<T>,
  nameOf: (match: T) => string,
): Finding {
  const { kind, name, environment, count, evidence } = item;
  const label = environmentLabel(environment);
  const expected = `${kind} ${quoted(name)}`;
  switch (located.kind) {
    case 'found': {
      const found = nameOf(located.match);
      const written = quoted(withHiddenNamed(found, name));
      return pass(expected, found === name ? 'found' : `found as ${written}`, evidence);
    }
    case 'ambiguous':
      return fail(
        expected,
        `${located.count} have this name`,
        `Rename or archive all but one ${kind} ${quoted(name)} in ${label}`,
        evidence,
      );
    case 'missing': {
      if (located.near === null)
        return fail(
          expected,
          `not found among ${count}`,
          `Create the ${kind} ${quoted(name)} in ${label}`,
          evidence,
        );
      const near = quoted(withHiddenNamed(located.near, name));
      const wanted = quoted(withHiddenNamed(name, located.near));
      return fail(
        `${kind} ${wanted}`,
        `not found; found ${near}`,
        `Rename ${near} to ${wanted} in ${label}, or correct the requirement`,
        evidence,
      );
    }
  }
}
