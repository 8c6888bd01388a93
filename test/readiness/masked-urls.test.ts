import { expect, test } from 'vitest';
import type { CheckInput } from '../../src/readiness/check.ts';
import { check as endpoint } from '../../src/readiness/checks/webhooks-endpoint.ts';
import { check as separate } from '../../src/readiness/checks/webhooks-separate.ts';
import { known } from '../../src/spotdraft/fact.ts';

/** An input in which prod, and on request uat, has this webhook URL. */
function inputWith(url: string, { shared }: { shared: boolean }): CheckInput {
  const environment = { name: 'prod', production: true, webhooks: { url, activities: [] }, receivers: [] };
  const other = { ...environment, name: 'uat', webhooks: shared ? { url, activities: [] } : null };
  return {
    environment,
    environments: [environment, other],
    publicUrl: null,
    log: known({ registered: [] }, []),
  } as unknown as CheckInput;
}

const own = 'envcheck.northwind.example/webhooks/prod';
const elsewhere = 'envcheck.northwind.example/hooks';

test.each([
  [`https://bob:hunter2@${own}`, `https://[secret]@${own}`],
  [`https://hunter2@${own}?token=hunter2`, `https://[secret]@${own}?[secret]`],
  [`https://${own}?hunter2`, `https://${own}?[secret]`],
  [`https://:hunter2@${elsewhere}?a=1&b=hunter2`, `https://[secret]@${elsewhere}?[secret]`],
  [`http://bob:hunter2@${own}`, `http://[secret]@${own}`],
])('webhooks.endpoint and webhooks.separate show %s without its login and query', (url, shown) => {
  for (const shared of [false, true])
    for (const { judge } of [endpoint, separate]) {
      const { expected, actual, remedy } = judge(inputWith(url, { shared }));
      expect(actual).toContain(shown);
      expect(`${expected} ${actual} ${remedy}`).not.toContain('hunter2');
    }
});
