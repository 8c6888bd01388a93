import type { NotCompared } from './difference.ts';
import type { PlanSection, PlanStep } from './plan.ts';

/** What the kinds of things are called where several of them stand under one title. */
export const sectionTitles: Record<PlanSection, string> = {
  entities: 'Entities',
  roles: 'Roles',
  users: 'Members',
  featureFlags: 'Feature flags',
  contractTypes: 'Contract types',
  metadataFields: 'Metadata fields',
  intakeForms: 'Intake forms',
  templates: 'Templates',
  workflows: 'Workflows',
  webhooks: 'Webhooks',
};

/** "3 steps, 2 of them for what is breaking; 1 accepted difference left out; 1 place could not be compared" */
export function planCounts(
  steps: readonly PlanStep[],
  unknown: readonly NotCompared[],
  accepted: number,
): string {
  const breaking = steps.filter(({ weight }) => weight === 'breaking').length;
  const todo =
    steps.length === 0
      ? 'Nothing to do'
      : `${steps.length} ${steps.length === 1 ? 'step' : 'steps'}, ${breaking} of them for what is breaking`;
  const left = `${accepted} accepted ${accepted === 1 ? 'difference' : 'differences'} left out`;
  const found = accepted === 0 ? todo : `${todo}; ${left}`;
  if (unknown.length === 0) return found;
  return `${found}; ${unknown.length} ${unknown.length === 1 ? 'place' : 'places'} could not be compared`;
}
