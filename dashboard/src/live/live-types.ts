// What the live events carry, by the words of the contract.

export type {
  ClosedEvent as ClosedExchange,
  InFlightView as InFlightExchange,
} from '../../../server/src/admin/contract.ts';
