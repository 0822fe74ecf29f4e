"""Well-kept suites at commits of late, for what the fixer finds in them."""

from __future__ import annotations

from typing import NamedTuple


class Suite(NamedTuple):
    """A suite.

    Attributes:
        repository: The owner and the name on GitHub.
        commit: What of it is looked at.
    """

    repository: str
    commit: str


SUITES = (
    Suite("google/adk-python", "7c670f638bc17374ceb08740bdd057e55c9c2e12"),
    Suite("aio-libs/aiocache", "43f6a246d18db4a22e61cb8eb82efa3e72d1d4ea"),
    Suite("esphome/aioesphomeapi", "368a145f26164b707cde06c4aee76551fa7d3f46"),
    Suite("aiogram/aiogram", "c1b0353ce3d3f8d70f90469038939a956e9e09f7"),
    Suite("aio-libs/aiohttp", "495e778360d1924da63e16dba0f0d76baf56a56a"),
    Suite("aio-libs/aiojobs", "106fd28ce5c121be3b45589cf9992865f1e17056"),
    Suite("mjpieters/aiolimiter", "01c52ea9a5721cc3e56a325697472996f9c5b72f"),
    Suite("cole/aiosmtplib", "320180ee448666fe15d68264e49ba7c265842b40"),
    Suite("omnilib/aiosqlite", "9b127cecc7de843bf4f343b6da63b641866533fb"),
    Suite("vxgmichel/aiostream", "2d151a87c46bc0402bf0d7300b27306a81b4871c"),
    Suite("agronholm/anyio", "660a06d548ca72759e9d89ed722dd1ad5227afe4"),
    Suite("django/asgiref", "a7cc976fe8a2395307834bc4aebb462b9f379d55"),
    Suite("aio-libs/async-lru", "594feafad8ae203e8d86c23ec205b6785f61efdb"),
    Suite("MagicStack/asyncpg", "db8ecc2a38e16fb0c090aef6f5506547c2831c24"),
    Suite("Neoteroi/BlackSheep", "a4ab530d332a0f621ab1ff5b0625be89c50036b9"),
    Suite("django/channels", "60cbc43c1069dce5567c1081781c94e4f4ba0c19"),
    Suite("Chia-Network/chia-blockchain", "d61ed07dee7e9f846b475184db29e885f4699d2a"),
    Suite("simonw/datasette", "481df7ff6d78a8ccf919984d27f27201b081bd53"),
    Suite("reagento/dishka", "09e354d40b80382d511c910b30f3e0a0aaa83b16"),
    Suite("fastapi-users/fastapi-users", "9ef8cd82619856772ac06a178b114eb47c79586c"),
    Suite("PrefectHQ/fastmcp", "743ddffd0a0722858a1eec6ebf93b9e315d75b96"),
    Suite("tox-dev/filelock", "61511ebc1cc5d40b28f8584f1078e63f2d63fb02"),
    Suite("freqtrade/freqtrade", "c9ae5e1e9ff25bb55dd61f5e5519f7c479291edb"),
    Suite("graphql-python/gql", "0eb57fe92bc1c7df7d96f5104382ec65b816b522"),
    Suite("encode/httpx", "ae1b9f66238f75ced3ced5e4485408435de10768"),
    Suite("pgjones/hypercorn", "0e2311f1ad2ae587aaa590f3824f59aa5dc0e770"),
    Suite("aio-libs/janus", "d1f1198f0a70129e5d7233908b5448f3eaaf86ba"),
    Suite(
        "langchain-ai/langchain-mcp-adapters",
        "cc0f2843fd5becf2cdb641c910533c3747c3b1ef",
    ),
    Suite("langchain-ai/langgraph", "f09cfe8ffc1eeffd68f4b628ed69c30f7cad229f"),
    Suite("miguelgrinberg/microdot", "118f4ef71af8816b87abed32219e2c90839a2161"),
    Suite("nonebot/nonebot2", "18509811d96d9613d998f94191ad13c9781e804a"),
    Suite("FreeOpcUa/opcua-asyncio", "eb46794065e343f2d664f9ef2a640e322d2f6dd2"),
    Suite("PrefectHQ/prefect", "ce79dd3d6cfa2b7337265498210dbc4d25bcdc98"),
    Suite("pydantic/pydantic-ai", "4fda38988f2939fa6ea9cdefcf120693e10ef491"),
    Suite("pymodbus-dev/pymodbus", "736127513ceeca0fa9bd3d3adcf7516a4ffc161f"),
    Suite("python-kasa/python-kasa", "a29d0610bacd084a2197a7025cf083d4d2a51b02"),
    Suite(
        "modelcontextprotocol/python-sdk", "57394b0548d1e2dc2dce8d67d84985769df3b8bb"
    ),
    Suite("frenck/python-wled", "d8c56e288c0d6fbefddca7d44198682e04003d5b"),
    Suite(
        "python-zeroconf/python-zeroconf", "fce7094fc55d68f2f584df17cb7fd811cdea8b49"
    ),
    Suite("pallets/quart", "657bca721bbcc53047fc964c0593c5c0d19f45c8"),
    Suite("redis/redis-py", "34817ce2a2accc893a81180fe737e0c4f5ac6b0c"),
    Suite("hynek/stamina", "87ccfa48350ab770c1ef69038f96fe8f42375733"),
    Suite("Kludex/starlette", "5174d4c8358a6f06aa8056bafd14c2272dab8dd1"),
    Suite("home-assistant/supervisor", "090ef31ec024952c2469ed5a7c9f3ce8c1a5499e"),
    Suite("hynek/svcs", "7d56b11e49c7edb313bbcf2503f2a6e804976209"),
    Suite("jquast/telnetlib3", "f3c6a01b7ade02936384d6c17a0e2c8d47a97cd6"),
    Suite("jd/tenacity", "c650fb45204635f07910948d5fc59a8c551ffdda"),
    Suite("tortoise/tortoise-orm", "3829267adeab10482fd1f089bafa9d3b748913f3"),
    Suite("python-websockets/websockets", "04e599ca3caad2c5bb3fa8eaf24066fd270e90a7"),
    Suite("run-llama/workflows-py", "0b2098b762f4f49994c7877a40f2060f419dcae7"),
)
