export * from './aes-gcm-secret-box.js';
export * from './no-keys.js';
export * from './read-keys.js';
