"""Which errors does the query service send, word for word? Never JSON."""

from sandbox.refusals import Refusals
from sandbox.wire import Answer

_THROTTLED = """<html>
<head>
<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
<title>Error 429 Too Many Requests - Please retry in 3 seconds.</title>
</head>
<body><h2>HTTP ERROR 429</h2>
<p>Problem accessing /bigdata/namespace/wdq/sparql. Reason:
<pre>    Too Many Requests - Please retry in 3 seconds.</pre></p>\
<hr><a href="http://eclipse.org/jetty">Powered by Jetty:// 9.4.12.v20180830</a><hr/>
</body>
</html>
"""
_GATEWAY = (
    "<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n<center><h1>504 Gateway Time-out</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
_BANNED = "You have been banned until 2026-01-01T00:00:00.000Z, please respect throttling and retry-after headers."
_NOT_IDENTIFIED = "Please set a user-agent and respect our robot policy https://w.wiki/4wJS."
_MALFORMED = 'SPARQL-QUERY: queryStr=SELEC\norg.openrdf.query.MalformedQueryException: Encountered " <PNAME_NS>...\n'
_TIMEOUT = "SPARQL-QUERY: queryStr=SELECT ...\njava.util.concurrent.TimeoutException\n"

REFUSALS = Refusals(
    {
        "throttled": Answer(_THROTTLED.encode(), "text/html;charset=utf-8", 429, {"Retry-After": "3"}),
        "banned": Answer(_BANNED.encode(), "text/plain", 403),
        "not_identified": Answer(_NOT_IDENTIFIED.encode(), "text/plain", 403),
        "timeout": Answer(_TIMEOUT.encode(), "text/plain", 500),
        "gateway_timeout": Answer(_GATEWAY.encode(), "text/html", 504),
        "malformed": Answer(_MALFORMED.encode(), "text/plain", 400),
    }
)


def refuse_malformed(written: str, why: str) -> Answer:
    """Refuses a query that cannot be read."""
    body = f"SPARQL-QUERY: queryStr={written}\norg.openrdf.query.MalformedQueryException: {why}\n"
    return Answer(body.encode(), "text/plain", 400)
