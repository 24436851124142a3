signalbox_embed(signalbox-services src/services/functions/runtime/node_bootstrap.cjs)
signalbox_embed(signalbox-services src/services/functions/runtime/aws_sdk_v2.cjs)
signalbox_embed(signalbox-services src/services/functions/runtime/python_bootstrap.py)
