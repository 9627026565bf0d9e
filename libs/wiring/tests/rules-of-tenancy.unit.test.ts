import { tenantRulesContract } from '@ferry/payments/testing';
import {
  configJson,
  defaultConfig,
  HeldUnits,
  parseConfig,
  type BusinessUnit,
  type StoredConfig,
} from '@ferry/tenancy';
import { rulesOfTenancy } from '../src/bridges/rules-of-tenancy.js';

/** Through the text that the database has: what is decided must come out of it again. */
tenantRulesContract('what tenancy knows of a tenant', () => {
  const texts = new Map<string, string>();
  const load = async (tenantId: string): Promise<StoredConfig> => {
    const text = texts.get(tenantId);
    const parsed = text === undefined ? { config: defaultConfig } : parseConfig(JSON.parse(text));
    if (!('config' in parsed)) throw new Error(JSON.stringify(parsed.faults));
    return { config: parsed.config, version: 1 };
  };
  const added: BusinessUnit[] = [];
  const units = (id: string) => Promise.resolve(added.filter(({ tenantId }) => tenantId === id));
  return Promise.resolve({
    rules: rulesOfTenancy({ load }, new HeldUnits({ units })),
    decide: async (tenantId, { currencies, rails, amountMaxMinor }) => {
      const config = { ...defaultConfig, currencies, rails, limits: { amountMaxMinor } };
      texts.set(tenantId, JSON.stringify(configJson(config)));
    },
    addUnit: async (tenantId, id) => void added.push({ tenantId, id, name: id, createdAt: new Date() }),
  });
});
