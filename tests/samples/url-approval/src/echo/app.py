def lambda_handler(event, context):
    how = event.get("queryStringParameters", {}).get("how")
    if how == "raise":
        raise ValueError("no")
    if how == "malformed":
        return {"statusCode": "many"}
    if how == "text":
        return "plain"
    if how == "plain":
        return {"statusCode": 201, "headers": {"x-mine": "m", "Access-Control-Allow-Origin": "*"}, "body": "b"}
    return {"version": context.function_version, "arn": context.invoked_function_arn, **event, "format": event["version"]}
