"""Static files under hashed names, the modules that our own modules import included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """A page and a module that import the same file must get it under one name, or the browser runs it twice; and
    after an update no browser mixes new modules with old ones. Others' packages name files in comments: only ours."""

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
