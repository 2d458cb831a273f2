# One image for every process of the site. docker-compose.yml says which of them a container runs.
FROM node:20-slim AS client
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
COPY clients/typescript/src ../clients/typescript/src
RUN npm run build

FROM python:3.11-slim AS site
# catboost needs OpenMP.
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 1000 touchline
WORKDIR /site
COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY --chown=touchline . .
COPY --from=client --chown=touchline /build/frontend/dist frontend/dist
RUN python -m whitenoise.compress --quiet frontend/dist \
    && mkdir -p .touchline/static && chown -R touchline .touchline
USER touchline
ENV DJANGO_SETTINGS_MODULE=project.settings PYTHONUNBUFFERED=1
# Collecting static files reads no secret and no server: the test environment serves for it.
RUN TOUCHLINE_ENV=test python -c "import django; django.setup(); from django.conf import settings; from django.core.management import call_command; settings.STATIC_ROOT = settings.WORK_FOLDER / 'static'; call_command('collectstatic', interactive=False, verbosity=0)"
EXPOSE 8000
CMD ["python", "-m", "project.server", "--host", "0.0.0.0", "--port", "8000"]
