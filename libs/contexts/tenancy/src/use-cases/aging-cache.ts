export { AgingCache } from '@ferry/kernel';
