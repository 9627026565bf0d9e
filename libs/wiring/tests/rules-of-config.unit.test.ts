import { tenantRulesContract } from '@ferry/payments/testing';
import { configJson, defaultConfig, parseConfig, type StoredConfig } from '@ferry/tenancy';
import { rulesOfConfig } from '../src/bridges/rules-of-config.js';

/** Through the text that the database has: what is decided must come out of it again. */
tenantRulesContract('the configuration of a tenant', () => {
  const texts = new Map<string, string>();
  const load = async (tenantId: string): Promise<StoredConfig> => {
    const text = texts.get(tenantId);
    const parsed = text === undefined ? { config: defaultConfig } : parseConfig(JSON.parse(text));
    if (!('config' in parsed)) throw new Error(JSON.stringify(parsed.faults));
    return { config: parsed.config, version: 1 };
  };
  return Promise.resolve({
    rules: rulesOfConfig({ load }),
    decide: async (tenantId, { currencies, rails, amountMaxMinor }) => {
      const config = { ...defaultConfig, currencies, rails, limits: { amountMaxMinor } };
      texts.set(tenantId, JSON.stringify(configJson(config)));
    },
  });
});
