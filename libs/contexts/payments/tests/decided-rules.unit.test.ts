import { DecidedRules } from '../testing/decided-rules.js';
import { tenantRulesContract } from '../testing/tenant-rules.contract.js';

tenantRulesContract('DecidedRules', () => {
  const rules = new DecidedRules();
  return Promise.resolve({
    rules,
    decide: async (tenantId, decided) => rules.decide(tenantId, decided),
    addUnit: async (tenantId, unit) => rules.addUnit(tenantId, unit),
  });
});
