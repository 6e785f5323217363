/** The columns of a metagraph, a line for each neuron. */
import { address, amount, flag, number, part } from "./columns.js";

export const COLUMNS = [
  number("UID", "uid"),
  address("Hotkey", "hotkey"),
  address("Coldkey", "coldkey"),
  flag("Validator", "validatorPermit"),
  flag("Active", "active"),
  amount("Stake", "stake", 2),
  amount("Alpha", "alphaStake", 2),
  amount("Root", "taoStake", 2),
  part("Incentive", "incentive"),
  part("Dividends", "dividends"),
  part("Consensus", "consensus"),
  part("Trust", "validatorTrust"),
  amount("Emission", "emission", 6),
  number("Updated", "lastUpdate"),
];
