signalbox_embed(signalbox-rest src/rest/openapi.json)
