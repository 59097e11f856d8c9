# One image for migrate, web, worker and beat; compose chooses the command.
FROM node:22-bookworm-slim AS browser
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci

FROM python:3.12-slim-bookworm AS packages
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /srv/venv \
    && /srv/venv/bin/pip install --no-cache-dir --require-hashes -r /tmp/base.txt

FROM python:3.12-slim-bookworm
ENV PATH=/srv/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HALLKEEPER_VAR=/srv/var
RUN useradd --system --create-home --home-dir /srv/home hallkeeper \
    && install -d -o hallkeeper -g hallkeeper /srv/var /srv/app
COPY --from=packages /srv/venv /srv/venv
WORKDIR /srv/app
COPY . .
COPY --from=browser /build/node_modules node_modules
# Static files belong to the image: every container of a release serves the same hashed names.
RUN python scripts/vendor_browser.py && rm -rf node_modules \
    && SECRET_KEY=only-for-the-build python manage.py collectstatic --noinput \
    && install -d -o hallkeeper -g hallkeeper /srv/var/media /srv/var/logs
USER hallkeeper
EXPOSE 8000
CMD ["sh", "deploy/web.sh"]
