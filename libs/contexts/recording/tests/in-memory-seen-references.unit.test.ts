import { InMemorySeenReferences, seenReferencesContract } from '@ferry/recording/testing';

seenReferencesContract('InMemorySeenReferences', () => Promise.resolve(new InMemorySeenReferences()));
