#!/bin/sh
# Transfer, stake, root and weights as in the scripts here, with the client of taonet. TAONET_URL names the node.
set -eu

taonet tx Balances.transfer_keep_alive dest=//Dave "value=5 TAO" --from //Alice
taonet tx SubtensorModule.add_stake hotkey=//Validator1_hk netuid=1 "amount_staked=10 TAO" --from //Bob
taonet tx SubtensorModule.move_stake origin_hotkey=//Validator1_hk destination_hotkey=//Validator2_hk \
  origin_netuid=1 destination_netuid=1 "alpha_amount=4 alpha@1" --from //Bob
taonet tx SubtensorModule.remove_stake hotkey=//Validator2_hk netuid=1 "amount_unstaked=2 alpha@1" --from //Bob
taonet tx AdminUtils.sudo_set_weights_set_rate_limit netuid=1 weights_set_rate_limit=0 --sudo
taonet tx SubtensorModule.set_weights netuid=1 "dests=[3, 4]" "weights=[100, 50]" version_key=0 --from //Validator2_hk
taonet query SubtensorModule.Weights 1 2
taonet events
