"""S3 with real clients: boto3, Debian's awscli, and raw requests for what clients hide (aws-chunked, presigned links, hosts)."""
import hashlib
import http.client
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import urllib.parse

from aws_clients import AwsCase
from support.daemon import BINARY, Daemon, main, wait_for

try:
    import boto3
    import botocore.config
    import botocore.exceptions
except ImportError:
    boto3 = None

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
SCOPE = "AWS4-HMAC-SHA256 Credential=test/20261127/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"


def raw(address, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.request(method, path, body, {"Authorization": SCOPE, **(headers or {})})
    response = connection.getresponse()
    return response.status, dict(response.getheaders()), response.read()


@unittest.skipUnless(boto3, "boto3 is not installed")
class Boto(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon()
        self.daemon.__enter__()
        self.addCleanup(self.daemon.__exit__, None, None, None)
        self.s3 = self.client()
        self.s3.create_bucket(Bucket="things")

    def client(self, **config):
        return boto3.client("s3", endpoint_url=f"http://{self.daemon.admin}", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test",
                            config=botocore.config.Config(retries={"max_attempts": 1}, **config))

    def fails(self, code, call, **arguments):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response

    def test_buckets(self):
        self.assertEqual([b["Name"] for b in self.s3.list_buckets()["Buckets"]], ["things"])
        self.assertIsNone(self.s3.get_bucket_location(Bucket="things")["LocationConstraint"])
        self.s3.head_bucket(Bucket="things")
        self.fails("404", self.s3.head_bucket, Bucket="absent")
        self.fails("NoSuchBucket", self.s3.list_objects_v2, Bucket="absent")
        self.fails("NoSuchBucket", self.s3.put_object, Bucket="absent", Key="k", Body=b"")
        for name in ("a..b", "B_ad", "Bad", "b_d", "-ab", "ab-", "192.168.5.4", "xn--ab", "sthree-ab", "amzn-s3-demo-ab", "ab-s3alias", "ab--ol-s3", "ab--table-s3", "a" * 64):
            self.fails("InvalidBucketName", self.s3.create_bucket, Bucket=name)
        with self.assertRaises(botocore.exceptions.ClientError) as caught:   # newer clients ask for a session first
            self.s3.create_bucket(Bucket="ab--x-s3")
        self.assertIn(caught.exception.response["Error"]["Code"], ("InvalidBucketName", "NotImplemented"))
        for name in ("1.2.3", "a.b-c", "9" * 63):
            self.s3.create_bucket(Bucket=name)
            self.s3.delete_bucket(Bucket=name)
        self.s3.put_object(Bucket="things", Key="k", Body=b"x")
        self.fails("BucketNotEmpty", self.s3.delete_bucket, Bucket="things")
        self.s3.delete_object(Bucket="things", Key="k")
        self.s3.delete_bucket(Bucket="things")
        self.fails("NoSuchBucket", self.s3.delete_bucket, Bucket="things")

    def test_an_object_comes_back_as_it_went_in(self):
        key = "a folder/ü+&?.txt"
        put = self.s3.put_object(Bucket="things", Key=key, Body=b"hello world", ContentType="text/plain", Metadata={"Color": "blue"}, CacheControl="no-cache")
        self.assertEqual(put["ETag"], f'"{hashlib.md5(b"hello world").hexdigest()}"')
        got = self.s3.get_object(Bucket="things", Key=key)
        self.assertEqual(got["Body"].read(), b"hello world")
        self.assertEqual((got["ContentType"], got["Metadata"], got["CacheControl"], got["ContentLength"]), ("text/plain", {"color": "blue"}, "no-cache", 11))
        head = self.s3.head_object(Bucket="things", Key=key)
        self.assertEqual((head["ContentLength"], head["ETag"]), (11, put["ETag"]))
        self.assertEqual(self.s3.get_object(Bucket="things", Key=key, Range="bytes=6-")["Body"].read(), b"world")
        self.assertEqual(self.s3.get_object(Bucket="things", Key=key, Range="bytes=-3")["Body"].read(), b"rld")
        self.fails("InvalidRange", self.s3.get_object, Bucket="things", Key=key, Range="bytes=50-")
        self.assertEqual(self.fails("NoSuchKey", self.s3.get_object, Bucket="things", Key="no")["Error"]["Message"], "The specified key does not exist.")
        self.s3.delete_object(Bucket="things", Key=key)
        self.s3.delete_object(Bucket="things", Key=key)

    def test_conditions(self):
        etag = self.s3.put_object(Bucket="things", Key="k", Body=b"1")["ETag"]
        self.fails("304", self.s3.get_object, Bucket="things", Key="k", IfNoneMatch=etag)
        self.fails("PreconditionFailed", self.s3.get_object, Bucket="things", Key="k", IfMatch='"0"')
        self.assertEqual(self.s3.get_object(Bucket="things", Key="k", IfMatch=etag)["Body"].read(), b"1")
        status, _, body = raw(self.daemon.admin, "PUT", "/things/k", b"2", {"If-None-Match": "*"})
        self.assertEqual((status, b"PreconditionFailed" in body), (412, True))

    def test_listing_with_prefixes_delimiters_and_pages(self):
        for key in ("a", "b/1", "b/2", "b/c/3", "d"):
            self.s3.put_object(Bucket="things", Key=key, Body=b"")
        page = self.s3.list_objects_v2(Bucket="things", Delimiter="/")
        self.assertEqual(([o["Key"] for o in page["Contents"]], [p["Prefix"] for p in page["CommonPrefixes"]]), (["a", "d"], ["b/"]))
        page = self.s3.list_objects_v2(Bucket="things", Prefix="b/", Delimiter="/")
        self.assertEqual(([o["Key"] for o in page["Contents"]], [p["Prefix"] for p in page["CommonPrefixes"]]), (["b/1", "b/2"], ["b/c/"]))
        for name, result in (("list_objects_v2", "Contents"), ("list_objects", "Contents")):
            pages = self.s3.get_paginator(name).paginate(Bucket="things", PaginationConfig={"PageSize": 2})
            self.assertEqual([o["Key"] for p in pages for o in p[result]], ["a", "b/1", "b/2", "b/c/3", "d"])
        pages = list(self.s3.get_paginator("list_objects_v2").paginate(Bucket="things", Delimiter="/", PaginationConfig={"PageSize": 1}))
        self.assertEqual([[o["Key"] for o in p.get("Contents", [])] + [c["Prefix"] for c in p.get("CommonPrefixes", [])] for p in pages], [["a"], ["b/"], ["d"]])
        self.assertEqual(self.s3.list_objects_v2(Bucket="things", StartAfter="b/2")["KeyCount"], 2)
        deleted = self.s3.delete_objects(Bucket="things", Delete={"Objects": [{"Key": "a"}, {"Key": "absent"}]})
        self.assertEqual([d["Key"] for d in deleted["Deleted"]], ["a", "absent"])
        self.assertEqual(self.s3.list_objects_v2(Bucket="things")["KeyCount"], 4)

    def test_multipart_upload_and_copies(self):
        first, second = os.urandom(5 * 1024 * 1024), b"the end"
        upload = self.s3.create_multipart_upload(Bucket="things", Key="big", ContentType="x/y")["UploadId"]
        parts = [self.s3.upload_part(Bucket="things", Key="big", UploadId=upload, PartNumber=n + 1, Body=body)["ETag"] for n, body in enumerate((first, second))]
        self.assertEqual([p["PartNumber"] for p in self.s3.list_parts(Bucket="things", Key="big", UploadId=upload)["Parts"]], [1, 2])
        self.assertEqual([u["Key"] for u in self.s3.list_multipart_uploads(Bucket="things")["Uploads"]], ["big"])
        self.fails("InvalidPart", self.s3.complete_multipart_upload, Bucket="things", Key="big", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": 3, "ETag": parts[0]}]})
        done = self.s3.complete_multipart_upload(Bucket="things", Key="big", UploadId=upload,
                                                 MultipartUpload={"Parts": [{"PartNumber": n + 1, "ETag": etag} for n, etag in enumerate(parts)]})
        whole = hashlib.md5(hashlib.md5(first).digest() + hashlib.md5(second).digest()).hexdigest()
        self.assertEqual(done["ETag"], f'"{whole}-2"')
        got = self.s3.get_object(Bucket="things", Key="big")
        self.assertEqual((got["Body"].read(), got["ContentType"]), (first + second, "x/y"))
        self.assertEqual(self.s3.get_object(Bucket="things", Key="big", Range=f"bytes={len(first) - 1}-{len(first) + 2}")["Body"].read(), first[-1:] + b"the")
        self.fails("NoSuchUpload", self.s3.upload_part, Bucket="things", Key="big", UploadId=upload, PartNumber=1, Body=b"")
        self.s3.copy_object(Bucket="things", Key="copy", CopySource={"Bucket": "things", "Key": "big"}, MetadataDirective="REPLACE", Metadata={"a": "b"})
        self.s3.delete_object(Bucket="things", Key="big")
        got = self.s3.get_object(Bucket="things", Key="copy")
        self.assertEqual((got["Body"].read(), got["Metadata"]), (first + second, {"a": "b"}))
        upload = self.s3.create_multipart_upload(Bucket="things", Key="gone")["UploadId"]
        self.s3.upload_part(Bucket="things", Key="gone", UploadId=upload, PartNumber=1, Body=b"x")
        self.s3.abort_multipart_upload(Bucket="things", Key="gone", UploadId=upload)
        self.assertNotIn("Uploads", self.s3.list_multipart_uploads(Bucket="things"))

    def test_contents_survive_a_kill_and_leftovers_do_not(self):
        self.s3.put_object(Bucket="things", Key="kept", Body=b"kept")
        self.s3.put_object(Bucket="things", Key="kept", Body=b"kept again")
        folder = self.daemon.data / "objects" / "00"
        folder.mkdir(exist_ok=True)
        (folder / "00000000-0000-4000-8000-000000000000").write_bytes(b"left by a crash between file and row")
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.client().get_object(Bucket="things", Key="kept")["Body"].read(), b"kept again")
        wait_for(lambda: len([p for p in (self.daemon.data / "objects").rglob("*") if p.is_file()]) == 1)

    def test_presigned_links_and_virtual_hosts(self):
        self.s3.put_object(Bucket="things", Key="v1/executions", Body=b"not the REST API")
        for version in ("s3v4", "s3"):
            link = urllib.parse.urlsplit(self.client(signature_version=version).generate_presigned_url("get_object", Params={"Bucket": "things", "Key": "v1/executions"}))
            connection = http.client.HTTPConnection(self.daemon.admin, timeout=10)
            connection.request("GET", f"{link.path}?{link.query}")
            self.assertEqual(connection.getresponse().read(), b"not the REST API", version)
        for host in ("things.s3.us-east-1.amazonaws.com", "things.s3.localhost:1", "things.localhost:1"):
            status, _, body = raw(self.daemon.admin, "GET", "/v1/executions", headers={"Host": host})
            self.assertEqual((status, body), (200, b"not the REST API"), host)

    def test_chunked_bodies_with_trailing_checksums(self):
        chunked = b"5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:%s\r\n\r\n"
        headers = {"Content-Encoding": "aws-chunked", "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-trailer": "x-amz-checksum-crc32",
                   "x-amz-decoded-content-length": "11"}
        status, answered, _ = raw(self.daemon.admin, "PUT", "/things/chunked", chunked % b"DUoRhQ==", headers)
        self.assertEqual((status, answered["x-amz-checksum-crc32"]), (200, "DUoRhQ=="))
        got = self.s3.get_object(Bucket="things", Key="chunked")
        self.assertEqual((got["Body"].read(), got.get("ContentEncoding")), (b"hello world", None))
        status, _, body = raw(self.daemon.admin, "PUT", "/things/wrong", chunked % b"DUoRhA==", headers)
        self.assertEqual((status, b"<Code>BadDigest</Code>" in body), (400, True))
        status, _, body = raw(self.daemon.admin, "PUT", "/things/wrong", b"x", {"Content-MD5": "AAAAAAAAAAAAAAAAAAAAAA=="})
        self.assertEqual((status, b"<Code>BadDigest</Code>" in body), (400, True))

    def run_task(self, action, parameters, input=None):
        self.runs = getattr(self, "runs", 0) + 1
        state = {"Type": "Task", "Resource": f"arn:aws:states:::aws-sdk:s3:{action}", "Parameters": parameters, "End": True}
        self.daemon.create_machine(f"sdk-{self.runs}", {"StartAt": "T", "States": {"T": state}})
        return self.daemon.wait_for_end(self.daemon.start_execution(f"sdk-{self.runs}", input)["id"])

    def test_sdk_tasks(self):
        put = self.run_task("putObject", {"Bucket": "things", "Key": "k", "Body.$": "$.body"}, {"body": {"Dict": "Value"}})
        self.assertEqual(put["output"], {"ChecksumCRC32": "hnEfWw==", "ChecksumType": "FULL_OBJECT", "ETag": '"49e31cee5aec8faf3345893addb14346"', "ServerSideEncryption": "AES256"})
        got = self.run_task("getObject", {"Bucket": "things", "Key": "k"})["output"]
        self.assertEqual((got["Body"], got["ContentLength"], got["Metadata"]), ('{"Dict":"Value"}', 16, {}))
        self.assertEqual([o["Key"] for o in self.run_task("listObjectsV2", {"Bucket": "things"})["output"]["Contents"]], ["k"])
        self.run_task("copyObject", {"Bucket": "things", "Key": "k2", "CopySource": "things/k"})
        self.run_task("deleteObject", {"Bucket": "things", "Key": "k"})
        failed = self.run_task("getObject", {"Bucket": "things", "Key": "k"})
        self.assertEqual(failed["error"], "S3.NoSuchKeyException")
        self.assertRegex(failed["cause"], r"^The specified key does not exist. \(Service: S3, Status Code: 404, Request ID: \S+, Extended Request ID: \S+\) \(SDK Attempt Count: 1\)$")
        self.assertEqual(self.run_task("headObject", {"Bucket": "things", "Key": "k2"})["output"]["ContentLength"], 16)
        self.assertEqual(self.run_task("listObjects", {"Bucket": "absent"})["error"], "S3.NoSuchBucketException")
        failed = self.run_task("headObject", {"Bucket": "things", "Key": "k"})
        self.assertEqual((failed["error"], failed["cause"].split(" (")[0]), ("S3.NoSuchKeyException", "null"))

    def test_sdk_tasks_read_ranges_and_write_on_conditions(self):
        self.s3.put_object(Bucket="things", Key="long", Body=b"0123456789" * 30_000)
        got = self.run_task("getObject", {"Bucket": "things", "Key": "long", "Range": "bytes=10-14"})["output"]
        self.assertEqual((got["Body"], got["ContentLength"], got["ContentRange"]), ("01234", 5, "bytes 10-14/300000"))
        self.assertEqual(self.run_task("getObject", {"Bucket": "things", "Key": "long"})["error"], "States.DataLimitExceeded")
        self.assertRegex(self.run_task("getObject", {"Bucket": "things", "Key": "long", "Range": "bytes=300000-"})["cause"], "^The requested range is not satisfiable ")
        self.assertIn("VersionId", self.run_task("getObject", {"Bucket": "things", "Key": "long", "VersionId": "v"})["cause"])
        failed = self.run_task("putObject", {"Bucket": "things", "Key": "long", "Body": "x", "IfNoneMatch": "*"})
        self.assertRegex(failed["cause"], "^At least one of the pre-conditions you specified did not hold ")
        etag = self.s3.head_object(Bucket="things", Key="long")["ETag"]
        self.assertIn("ETag", self.run_task("putObject", {"Bucket": "things", "Key": "long", "Body": "x", "IfMatch": etag})["output"])

    def test_what_is_not_offered_says_so(self):
        response = self.fails("NotImplemented", self.s3.get_bucket_acl, Bucket="things")
        self.assertIn("acl", response["Error"]["Message"])


@unittest.skipUnless(shutil.which("aws"), "awscli is not installed")
class Cli(unittest.TestCase):
    def test_copying_files_in_and_out(self):
        with Daemon() as daemon, tempfile.TemporaryDirectory() as folder:
            def aws(*arguments):
                done = subprocess.run(["aws", "--endpoint-url", f"http://{daemon.admin}", *arguments], capture_output=True, text=True, env={**os.environ, **CREDENTIALS})
                self.assertEqual(done.returncode, 0, done.stderr)
                return done.stdout
            big = pathlib.Path(folder) / "big"
            big.write_bytes(os.urandom(9 * 1024 * 1024))
            aws("s3", "mb", "s3://files")
            aws("s3", "cp", str(big), "s3://files/some/big")
            self.assertIn("some/big", aws("s3", "ls", "--recursive", "s3://files"))
            aws("s3", "cp", "s3://files/some/big", f"{folder}/back")
            self.assertEqual((pathlib.Path(folder) / "back").read_bytes(), big.read_bytes())
            aws("s3", "rm", "--recursive", "s3://files")
            aws("s3", "rb", "s3://files")


class Backup(AwsCase):
    def test_a_backup_holds_the_objects(self):
        s3 = self.client("s3")
        s3.create_bucket(Bucket="kept")
        s3.put_object(Bucket="kept", Key="a", Body=b"as it was")
        copy = self.daemon.directory / "copy.db"
        subprocess.run([BINARY, "backup", "--data", self.daemon.data, copy], check=True, capture_output=True)
        s3.put_object(Bucket="kept", Key="a", Body=b"changed")
        self.daemon.kill()
        shutil.rmtree(self.daemon.data)
        self.daemon.data.mkdir()
        shutil.move(copy, self.daemon.data / "signalbox.db")
        shutil.move(f"{copy}.objects", self.daemon.data / "objects")
        self.daemon.start()
        self.assertEqual(s3.get_object(Bucket="kept", Key="a")["Body"].read(), b"as it was")


if __name__ == "__main__":
    main()
