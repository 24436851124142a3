signalbox_embed(signalbox-services src/services/functions/runtime/node_bootstrap.cjs)
signalbox_embed(signalbox-services src/services/functions/runtime/python_bootstrap.py)
