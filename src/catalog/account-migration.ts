import type { MigrationRow } from './migration-row.js'

const perStrategy = 'As the venue has it, for the whole account: a venue knows no strategies.'

/** Balances and positions: "if you have … today, read …". */
export const accountMigration: readonly MigrationRow[] = [
  {
    today: ['position_size'],
    labels: ['symbol', 'strategy'],
    read: ['trading.position.size'],
    queries: {
      'size, long and short': 'sum by (trading_instrument_symbol, trading_position_side) (trading_position_size)',
    },
    note: `${perStrategy} Without a sign: the side is a label.`,
  },
  {
    today: ['position_value_dollars', 'trading_position_value_usd'],
    labels: ['symbol', 'side'],
    read: ['trading.position.notional'],
    queries: {
      value: 'sum by (trading_instrument_symbol, trading_position_side) (trading_position_notional)',
    },
    note: 'In the currency that the position settles in: different ones must not be added up.',
  },
  {
    today: ['open_positions_count', 'trading_open_positions_count', 'open positions'],
    labels: [],
    read: ['trading.position.size'],
    queries: { 'open positions': 'count(trading_position_size > 0)' },
  },
  {
    today: ['trading_unrealized_pnl_usd', 'strategy_unrealized_pnl'],
    labels: ['symbol', 'strategy'],
    read: ['trading.position.unrealized_pnl'],
    queries: {
      'unrealized profit or loss': 'sum by (trading_instrument_symbol) (trading_position_unrealized_pnl)',
    },
    mended: 'A closed position kept its last value; here it is 0 when the venue no longer lists it.',
    note: perStrategy,
  },
  {
    today: ['available balance'],
    labels: [],
    read: ['trading.account.balance'],
    queries: {
      'at disposal, by asset':
        'sum by (trading_venue_name, trading_asset_code) (trading_account_balance{trading_balance_kind="free"})',
    },
    note: 'In units of each asset: different ones must not be added up.',
  },
]
