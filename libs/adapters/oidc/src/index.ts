export * from './oidc-person-tokens.js';
