"""The critic's measures: sound, fit to the brief, words, originality. Each gives marks with the fact behind them."""
