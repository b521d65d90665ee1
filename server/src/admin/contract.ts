// What the admin API takes and answers, as schemas and the types inferred from them: one file per resource below
// contract/. The dashboard reads this too, so that nothing here or there may need Node.js.

export * from './contract/accounts.ts';
export * from './contract/compatible.ts';
export * from './contract/config.ts';
export * from './contract/control.ts';
export * from './contract/conversations.ts';
export * from './contract/entries.ts';
export * from './contract/error.ts';
export * from './contract/exchanges.ts';
export * from './contract/explain.ts';
export * from './contract/live.ts';
export * from './contract/operation.ts';
export * from './contract/period.ts';
export * from './contract/prices.ts';
export type * from './contract/recorded.ts';
export * from './contract/replay.ts';
export * from './contract/session.ts';
export * from './contract/spent.ts';
export * from './contract/status.ts';
export * from './contract/surroundings.ts';
export * from './contract/totals.ts';
