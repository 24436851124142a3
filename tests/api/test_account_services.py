"""STS, Systems Manager's parameters and IAM with Debian's boto3."""
import json
import unittest

from aws_clients import AwsCase
from support.daemon import Daemon, main

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]})

POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]})


class Account(AwsCase):
    def test_who_one_is(self):
        sts = self.client("sts")
        self.assertEqual(sts.get_caller_identity()["Account"], "000000000000")
        assumed = sts.assume_role(RoleArn="arn:aws:iam::000000000000:role/worker", RoleSessionName="me")
        self.assertEqual(assumed["AssumedRoleUser"]["Arn"], "arn:aws:sts::000000000000:assumed-role/worker/me")
        self.assertTrue(assumed["Credentials"]["SecretAccessKey"])
        self.refused("ValidationError", sts.assume_role, RoleArn="arn:aws:iam::000000000000:user/nobody", RoleSessionName="me")

    def test_parameters(self):
        ssm = self.client("ssm")
        self.assertEqual(ssm.put_parameter(Name="/app/url", Value="http://a", Type="String", Description="d")["Version"], 1)
        self.refused("ParameterAlreadyExists", ssm.put_parameter, Name="/app/url", Value="x", Type="String")
        self.assertEqual(ssm.put_parameter(Name="/app/url", Value="http://b", Overwrite=True)["Version"], 2)
        found = ssm.get_parameter(Name="/app/url")["Parameter"]
        self.assertEqual((found["Value"], found["Type"], found["Version"], found["ARN"]), ("http://b", "String", 2, "arn:aws:ssm:us-east-1:000000000000:parameter/app/url"))
        self.assertEqual(ssm.get_parameter(Name="/app/url:1")["Parameter"]["Value"], "http://a")
        ssm.put_parameter(Name="/app/db/password", Value="secret", Type="SecureString")
        many = ssm.get_parameters(Names=["/app/url", "none"])
        self.assertEqual(([p["Value"] for p in many["Parameters"]], many["InvalidParameters"]), (["http://b"], ["none"]))
        self.assertEqual([p["Name"] for p in ssm.get_parameters_by_path(Path="/app")["Parameters"]], ["/app/url"])
        self.assertEqual(sorted(p["Name"] for p in ssm.get_parameters_by_path(Path="/app", Recursive=True)["Parameters"]), ["/app/db/password", "/app/url"])
        described = ssm.describe_parameters(ParameterFilters=[{"Key": "Name", "Option": "BeginsWith", "Values": ["/app/db"]}])["Parameters"]
        self.assertEqual([p["Name"] for p in described], ["/app/db/password"])
        self.assertEqual([p["Value"] for p in ssm.get_parameter_history(Name="/app/url")["Parameters"]], ["http://a", "http://b"])
        self.assertEqual(self.refused("ValidationException", ssm.describe_parameters, Filters=[{"Key": "Name", "Values": ["/app"]}]), "Filters is not offered here; ParameterFilters is")
        ssm.delete_parameter(Name="/app/url")
        self.refused("ParameterNotFound", ssm.get_parameter, Name="/app/url")
        self.assertEqual(self.refused("ValidationException", self.client("ssm", parameter_validation=False).delete_parameters),
                         "1 validation error detected: Value null at 'names' failed to satisfy constraint: Member must not be null")

    def test_roles_and_policies(self):
        iam = self.client("iam")
        role = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=TRUST, Description="d", Tags=[{"Key": "k", "Value": "v"}])["Role"]
        self.assertEqual(role["Arn"], "arn:aws:iam::000000000000:role/worker")
        self.refused("EntityAlreadyExists", iam.create_role, RoleName="worker", AssumeRolePolicyDocument=TRUST)
        self.assertEqual(iam.get_role(RoleName="worker")["Role"]["AssumeRolePolicyDocument"], json.loads(TRUST))
        iam.put_role_policy(RoleName="worker", PolicyName="inline", PolicyDocument=POLICY)
        self.assertEqual(iam.list_role_policies(RoleName="worker")["PolicyNames"], ["inline"])
        self.assertEqual(iam.get_role_policy(RoleName="worker", PolicyName="inline")["PolicyDocument"], json.loads(POLICY))
        policy = iam.create_policy(PolicyName="managed", PolicyDocument=POLICY)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="worker", PolicyArn=policy)
        iam.attach_role_policy(RoleName="worker", PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
        self.assertEqual(sorted(p["PolicyName"] for p in iam.list_attached_role_policies(RoleName="worker")["AttachedPolicies"]), ["AWSLambdaBasicExecutionRole", "managed"])
        self.refused("DeleteConflict", iam.delete_role, RoleName="worker")
        for attached in iam.list_attached_role_policies(RoleName="worker")["AttachedPolicies"]:
            iam.detach_role_policy(RoleName="worker", PolicyArn=attached["PolicyArn"])
        iam.delete_role_policy(RoleName="worker", PolicyName="inline")
        self.assertEqual([r["RoleName"] for r in iam.list_roles()["Roles"]], ["worker"])
        self.assertEqual(iam.list_role_tags(RoleName="worker")["Tags"], [{"Key": "k", "Value": "v"}])
        iam.delete_role(RoleName="worker")
        self.refused("NoSuchEntity", iam.get_role, RoleName="worker")
        self.assertEqual(iam.get_policy_version(PolicyArn=policy, VersionId="v1")["PolicyVersion"]["Document"], json.loads(POLICY))
        self.assertEqual(self.refused("MalformedPolicyDocument", iam.create_policy, PolicyName="bad", PolicyDocument=TRUST), "Policy document should not specify a principal.")


class Keys(unittest.TestCase):
    def test_credentials_of_an_assumed_role_are_accepted(self):
        try:
            import boto3
        except ImportError:
            self.skipTest("boto3 is not installed")
        with Daemon(environment={"SIGNALBOX_API_KEY": "AKIATEST:secretsecretsecret"}) as daemon:
            make = lambda service, id, secret, token=None: boto3.client(service, endpoint_url=f"http://{daemon.admin}", region_name="us-east-1", aws_access_key_id=id,
                                                                        aws_secret_access_key=secret, aws_session_token=token)
            credentials = make("sts", "AKIATEST", "secretsecretsecret").assume_role(RoleArn="arn:aws:iam::000000000000:role/worker", RoleSessionName="me")["Credentials"]
            self.assertEqual(make("sqs", credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"]).list_queues().get("QueueUrls", []), [])
            for secret, token in (("wrong", credentials["SessionToken"]), (credentials["SecretAccessKey"], None), (credentials["SecretAccessKey"], "x" + credentials["SessionToken"])):
                with self.assertRaises(Exception):
                    make("sqs", credentials["AccessKeyId"], secret, token).list_queues()


if __name__ == "__main__":
    main()
