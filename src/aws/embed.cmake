signalbox_embed(signalbox-aws src/aws/sfn/api_shapes.json)
